/** What the guards must reach, on sets that were labelled before their rules were written. `npm run evals` shows the figures. */
import { expect, it } from "vitest";
import { guardEvals } from "./guards.ts";

const on = (name: string, file: string) => guardEvals.find((each) => each.name === name)?.runOn(file)[0];

it("of swapped prices, discounts, dates, addresses, offers, amounts and codes 99 in 100 are found, and true copy passes", () => {
  const figures = on("facts", "evals/cases/true-copy.jsonl");
  expect(figures?.rows).toBeGreaterThanOrEqual(2_000);
  expect(figures?.recall).toBeGreaterThanOrEqual(0.99);
  expect(figures?.falsePositiveRate).toBeLessThanOrEqual(0.02);
});

it("what the advertising law forbids, or lets stand only with evidence, is found, and little else", () => {
  const figures = on("advertising_law", "evals/cases/advertising-law.jsonl");
  expect(figures?.f1).toBeGreaterThanOrEqual(0.97);
  const blind = on("advertising_law", "evals/cases/advertising-law.blind.jsonl");
  expect(blind?.rows).toBe(100);
  expect(blind?.f1).toBeGreaterThanOrEqual(0.85);
});

it("addresses, numbers, cards and accounts of people are found by their form", () => {
  expect(on("personal_data", "data/guards/personal-data.jsonl")?.recall).toBeGreaterThanOrEqual(0.98);
});

it("of copy that was made to sound unlike its brand 98 in 100 are caught, and of copy that sounds right 2 in 100 at most", () => {
  const [known, blind] = ["", ".blind"].map((round) => on("brand-voice", `evals/cases/brand-voice${round}.jsonl`));
  expect((known?.rows ?? 0) + (blind?.rows ?? 0)).toBeGreaterThanOrEqual(400);
  for (const figures of [known, blind]) {
    expect(figures?.recall).toBeGreaterThanOrEqual(0.98);
    expect(figures?.falsePositiveRate).toBeLessThanOrEqual(0.02);
  }
});
