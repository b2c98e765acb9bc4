import { expect, it } from "vitest";
import { type RateLimit, worstSeconds } from "./rates.ts";

const posts: RateLimit = { channel: "slack", perSecond: 1, each: "address" };
const worst = (limit: RateLimit, ...left: readonly (readonly [to: string, at: number])[]) =>
  worstSeconds(
    [limit],
    left.map(([to, at]) => ({ channel: "slack", to, at })),
  )[0];

it("two posts a second apart are within a limit of one, and two closer together are not", () => {
  expect(worst(posts, ["#news", 0], ["#news", 1_000], ["#news", 2_100])?.worst).toBe(1);
  const [first, second] = [
    ["#news", 1_100],
    ["#news", 2_099],
  ] as const;
  expect(worst(posts, ["#news", 0], first, second)).toMatchObject({ worst: 2, window: [{ at: 1_100 }, { at: 2_099 }] });
});

it("a limit of an address counts each by itself, one of an account all together", () => {
  const left = [
    ["#news", 0],
    ["#talk", 10],
    ["#help", 20],
  ] as const;
  expect(worst(posts, ...left)?.worst).toBe(1);
  expect(worst({ ...posts, each: "account" }, ...left)?.worst).toBe(3);
});
