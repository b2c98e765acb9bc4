import { expect, it } from "vitest";
import { costOf, tokensOf } from "./model-cost.ts";

it("costs by what was read, read before and written, and rounds up", () => {
  const price = { in: 0.4, cached: 0.1, out: 1.6 };
  expect(costOf({ in: 2_500, cached: 1_024, out: 500 }, price)).toBe(Math.ceil(1_476 * 0.4 + 1_024 * 0.1 + 800));
  expect(costOf({ in: 100, cached: 40, out: 0 }, { in: 2, out: 8 })).toBe(200);
  expect(costOf({ in: 1, cached: 0, out: 0 }, price)).toBe(1);
});

it("counts more tokens than a text has rather than fewer, in English and in Chinese", () => {
  expect(tokensOf("a".repeat(400))).toBeGreaterThan(100);
  expect(tokensOf("我们为您挑了几件好物".repeat(19))).toBeGreaterThan(100);
});
