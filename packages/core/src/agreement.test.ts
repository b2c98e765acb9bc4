import { expect, it } from "vitest";
import { agreements, weightedKappa } from "./agreement.ts";

/**
 * By hand, for (1,1) (2,2) (3,4) (5,4): seen cost 0+0+1+1 = 2. By chance each of 1,2,3,5 against each of 1,2,4,4:
 * 0+1+9+9, 1+0+4+4, 4+1+1+1, 16+9+1+1 = 62, of 16 pairs; for four items 62/4 = 15.5. κ = 1 − 2/15.5 = 27/31.
 */
it.each<[string, [number, number][], number | null]>([
  [
    "the same scores throughout",
    [
      [1, 1],
      [3, 3],
      [5, 5],
    ],
    1,
  ],
  [
    "the opposite throughout",
    [
      [1, 5],
      [5, 1],
    ],
    -1,
  ],
  [
    "scores that differ by one twice",
    [
      [1, 1],
      [2, 2],
      [3, 4],
      [5, 4],
    ],
    27 / 31,
  ],
  [
    "as much as by chance",
    [
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ],
    0,
  ],
  ["one item", [[4, 4]], null],
  [
    "raters who always say the same",
    [
      [4, 4],
      [4, 4],
      [4, 4],
    ],
    null,
  ],
])("κ of %s", (_what, items, kappa) => {
  const found = weightedKappa(items);
  if (kappa === null) expect(found).toBeNull();
  else expect(found).toBeCloseTo(kappa, 12);
});

it("each pair of raters is compared on what both of them rated", () => {
  const score = (rater: string, item: string, value: number) => ({ rater, item, value });
  const scores = [
    ...[score("Ben", "x", 1), score("Ben", "y", 5), score("Ben", "z", 2)],
    ...[score("Ada", "x", 1), score("Ada", "y", 5)],
    ...[score("Cy", "z", 2), score("Dee", "w", 3)],
  ];
  expect(agreements(scores)).toEqual([
    { raters: ["Ada", "Ben"], n: 2, kappa: 1 },
    { raters: ["Ben", "Cy"], n: 1, kappa: null },
  ]);
});
