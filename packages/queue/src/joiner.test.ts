import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { openJoiner } from "./joiner.ts";

function openWork() {
  const ends: (() => void)[] = [];
  return { ends, work: () => new Promise<void>((end) => void ends.push(end)) };
}

test("what is asked for while it is under way is done once more, for all who asked", async () => {
  const join = openJoiner();
  const { ends, work } = openWork();
  const first = join("a", work);
  const others = Promise.all([join("a", work), join("a", work), join("a", work)]);
  await turn();
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await first;
  await turn();
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await others;
  expect(ends).toHaveLength(2);
});

test("other work does not wait for it, and a failure is told to those who asked for it alone", async () => {
  const join = openJoiner();
  const { ends, work } = openWork();
  const failing = join("a", () => Promise.reject(new Error("away")));
  const after = join("a", work);
  const other = join("b", work);
  await expect(failing).rejects.toThrow("away");
  await turn();
  expect(ends).toHaveLength(2);
  for (const end of ends) end();
  await Promise.all([after, other]);
});
