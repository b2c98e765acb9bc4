import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it, vi } from "vitest";
import { type Stalls, watchStalls } from "./stalls.ts";
import { realTime } from "./time.ts";

let stalls: Stalls | null = null;
afterEach(() => stalls?.stop());

it("D5: a blocked event loop is noticed, also by whoever asks before anything else runs, and what began before it is old", async () => {
  const told: number[] = [];
  stalls = watchStalls({ longerThanMs: 250, onStall: (ms) => told.push(ms) });
  await sleep(120);
  const before = performance.now();
  expect(stalls.noneSince(before)).toBe(true);
  for (const until = performance.now() + 400; performance.now() < until; );
  expect(told).toEqual([]);
  expect(stalls.noneSince(before)).toBe(false);
  await vi.waitFor(() => expect(told).toEqual([expect.any(Number)]));
  expect(told[0]).toBeGreaterThan(390);
  expect(stalls.noneSince(before)).toBe(false);
  await sleep(5);
  expect(stalls.noneSince(performance.now())).toBe(true);
});

it("D5: a machine that slept, through which only the wall's clock ran on, is noticed the same way", async () => {
  const told: number[] = [];
  let sleptMs = 0;
  const time = { ...realTime, wall: () => Date.now() + sleptMs };
  stalls = watchStalls({ longerThanMs: 5_000, onStall: (ms) => told.push(ms), time });
  await sleep(120);
  const before = performance.now();
  sleptMs = 60_000;
  expect(stalls.noneSince(before)).toBe(false);
  await vi.waitFor(() => expect(told).toHaveLength(1));
  expect(stalls.noneSince(before)).toBe(false);
});
