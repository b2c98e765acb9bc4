import { describe, expect, it } from "vitest";
import { frameLines, inTurn, median, percentile, ratio, voidOf } from "./frame.ts";

const results = [
  { name: "ours", round: 1, perSecond: 400 },
  { name: "theirs", round: 1, perSecond: 100 },
  { name: "theirs", round: 2, perSecond: 10 },
  { name: "ours", round: 2, perSecond: 20 },
  { name: "ours", round: 3, perSecond: 300 },
  { name: "theirs", round: 3, perSecond: 100 },
];

describe("a frame", () => {
  it("compares only what stood side by side, and takes the median of the rounds", () => {
    expect(ratio(results, "ours", "theirs")).toBe(3);
  });

  it("has no ratio to what was not measured", () => {
    expect(ratio(results, "ours", "nobody")).toBeNull();
  });

  it("finds the middle of an even and of an odd number of rounds, and of none", () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, null]);
  });

  it("takes a percentile that was really measured", () => {
    const hundred = Array.from({ length: 100 }, (_, n) => n + 1);
    expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile([7], 0.99)]).toEqual([50, 99, 7]);
  });

  it("lets nobody always go first", () => {
    expect([inTurn(["a", "b"], 1), inTurn(["a", "b"], 2)]).toEqual([
      ["a", "b"],
      ["b", "a"],
    ]);
  });

  it("says each reason for being void once, under its figures", () => {
    const reasons = voidOf(["fsync is off.", "fsync is off."]);
    const lines = frameLines({ bench: "send", conditions: {}, results, ratios: {}, void: reasons });
    expect(lines.slice(-2)).toEqual(["These figures are void:", "  fsync is off."]);
    expect(voidOf([])).toBeNull();
  });
});
