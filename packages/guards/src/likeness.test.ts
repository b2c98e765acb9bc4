import { describe, expect, it } from "vitest";
import { featuresOf, likeness } from "./likeness.ts";
import { manipulation, manipulationModel } from "./manipulation.ts";
import { spam, spamModel } from "./spam.ts";

const warned = (guard: typeof spam, text: string) => guard([{ path: "t", text }]).length > 0;

describe("copy that pushes", () => {
  it.each(["Hurry! Only 2 left in stock", "25 people are looking at this right now", "No thanks, I hate saving money"])(
    "%s is warned of, with the words that weighed most",
    (text) => {
      const [problem] = manipulation([{ path: "t", text }]);
      expect(problem).toMatchObject({ code: "tone.manipulative", severity: "warning" });
      expect(problem?.message).toMatch(/\(.+\)/);
    },
  );
  it.each(["Pillowcases and shams", "International shipping policy", "A mug for slow mornings, glazed by hand"])(
    "%s is left alone",
    (text) => expect(warned(manipulation, text)).toBe(false),
  );
});

describe("copy that filters would take for spam", () => {
  it("a prize to be claimed by a call is, a note between people is not", () => {
    expect(warned(spam, "URGENT! You have won a £1000 prize. Call 09061701461 now to claim, T&Cs apply")).toBe(true);
    expect(warned(spam, "I'll be ten minutes late, start without me")).toBe(false);
  });
});

it("a model says how it was made, and is small enough to live here", () => {
  for (const model of [manipulationModel, spamModel]) {
    expect(model.fittedOn).toMatch(/\((?:Apache-2\.0|CC BY 4\.0)\)/);
    expect(JSON.stringify(model).length).toBeLessThan(600_000);
  }
});

it("a long text takes no longer than its beginning", () => {
  const long = "a new mug ".repeat(100_000);
  expect(featuresOf(long)).toEqual(featuresOf(long.slice(0, 4_000)));
  expect(likeness(spamModel, "").because).toEqual([]);
});
