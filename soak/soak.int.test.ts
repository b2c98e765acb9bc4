/** A small soak on both queues, and what the referee says when one of the promises is left out. */
import { describe, expect, inject, it } from "vitest";
import { brokenPromises } from "./judge.ts";
import { type Counts, countsFor } from "./schedule.ts";
import { type SoakWish, soak } from "./soak.ts";

const recipients = Number(process.env.SOAK_RECIPIENTS ?? 5_000);
const seed = process.env.SOAK_SEED ?? String(Math.floor(Math.random() * 1e9));
const minutes = (count: number) => count * 60_000;
const quietly = { tell() {} };

describe.each(["postgres", "redis"] as const)("a soak with the queue on %s", (queue) => {
  it.skipIf(queue === "redis" && !inject("redisUrl"))(
    `keeps every promise, seed ${seed}`,
    { timeout: minutes(11) },
    async () => {
      const counts = countsFor(recipients);
      const result = await soak({ recipients, seed, queue, counts, withinMs: minutes(10), ...quietly });
      expect(
        brokenPromises({ ...result, breaches: result.invariants.broken.length }),
        result.messages.join("\n"),
      ).toEqual([]);
      expect(result.void, "too few kills found anything under way").toBe(false);
    },
  );
});

const nothing: Counts = { kills: 0, stops: 0, redis: 0, postgres: 0, cuts: 0, pauses: 0 };
const kills: Counts = { ...nothing, kills: 4 };
const control = {
  recipients: 1_500,
  seed,
  queue: "postgres",
  withinMs: minutes(1.2),
  ...quietly,
} satisfies Partial<SoakWish>;

describe("without one of its promises, the referee notices", () => {
  it.each([
    { without: "permit", counts: nothing },
    { without: "gate", counts: kills },
    { without: "doubt", counts: kills },
  ])("$without", { timeout: minutes(4) }, async ({ without, counts }) => {
    expect((await soak({ ...control, without, counts })).duplicated).toBeGreaterThan(0);
  });
});
