import { expect, it } from "vitest";
import { isStuck, type Look } from "./watch.ts";

const idle: Look = { taken: 4, hasRoom: true, waiting: 2, isPaused: false };

it.each<[string, Look | null, Look, boolean]>([
  ["jobs waited twice and an idle worker took none", idle, idle, true],
  ["this is the first look", null, idle, false],
  ["it took a job in between", idle, { ...idle, taken: 5 }, false],
  ["nothing waited at first", { ...idle, waiting: 0 }, idle, false],
  ["nothing waits now", idle, { ...idle, waiting: 0 }, false],
  ["it had all the jobs it may have", { ...idle, hasRoom: false }, idle, false],
  ["it has all the jobs it may have", idle, { ...idle, hasRoom: false }, false],
  ["the queue is paused", idle, { ...idle, isPaused: true }, false],
  ["the queue was paused", { ...idle, isPaused: true }, idle, false],
])("when %s", (_case, before, now, stuck) => {
  expect(isStuck(before, now)).toBe(stuck);
});
