import { expect, it } from "vitest";
import { every } from "./every.ts";

it("a failing round is told and the next one comes all the same", async () => {
  const told: unknown[] = [];
  let rounds = 0;
  const loop = every(
    1,
    async () => {
      rounds++;
      if (rounds === 1) throw new Error("once");
    },
    (error) => told.push(error),
  );
  while (rounds < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  await loop.stop();
  expect(told).toHaveLength(1);
});

it("stopping waits for the round under way and starts no other", async () => {
  let rounds = 0;
  let ended = 0;
  const loop = every(
    1,
    async () => {
      rounds++;
      await new Promise((resolve) => setTimeout(resolve, 10));
      ended++;
    },
    () => {},
  );
  await new Promise((resolve) => setTimeout(resolve, 2));
  await loop.stop();
  expect({ rounds, ended }).toEqual({ rounds: 1, ended: 1 });
});
