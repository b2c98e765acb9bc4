/** The figures that picks are judged by, on rankings short enough to reckon by hand. */
import { expect, it } from "vitest";
import { rankingOf } from "./ranking.ts";

const wanted = new Map([
  ["ann", new Set(["cup"])],
  ["bob", new Set(["bag", "toy"])],
]);

it("a hit counts for its customer once, and for less the further down it is", () => {
  const ranked = new Map([
    ["ann", ["bag", "cup", "toy"]],
    ["bob", ["cup", "jar"]],
  ]);
  const { customers, hitRate, ndcg, coverage } = rankingOf(ranked, wanted, { looksAt: 2, catalogue: 6 });
  expect({ customers, hitRate, coverage }).toEqual({ customers: 2, hitRate: 0.5, coverage: 0.5 });
  expect(ndcg).toBeCloseTo(1 / Math.log2(3) / 2);
});

it("whoever is shown all that they buy first makes the gain whole, and whoever is shown nothing counts all the same", () => {
  const { hitRate, ndcg } = rankingOf(new Map([["bob", ["toy", "bag"]]]), wanted, { looksAt: 10, catalogue: 6 });
  expect({ hitRate, ndcg }).toEqual({ hitRate: 0.5, ndcg: 0.5 });
});
