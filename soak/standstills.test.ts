import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { watchStandstills } from "./standstills.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("what passed right after a standstill may have come when it began, and anything else came when it passed", () => {
  const standstills = watchStandstills();
  const began = Date.now();
  vi.advanceTimersByTime(400);
  vi.setSystemTime(began + 900); // 500 ms in which nothing ran
  vi.advanceTimersByTime(1_000);
  standstills.stop();
  expect([300, 930, 1_200].map((after) => standstills.waitedMs(began + after))).toEqual([0, 530, 0]);
});
