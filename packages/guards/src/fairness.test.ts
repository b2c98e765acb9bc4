import type { Fact } from "@chorus/core/fact";
import { describe, expect, it } from "vitest";
import { offerDifferences, type SegmentCopy } from "./fairness.ts";

const source = "offer sheet";
const money = (id: string, pounds: number, from = source): Fact => ({
  ...{ kind: "money", id, source: from },
  value: { micros: pounds * 1_000_000, currency: "GBP" },
});
const discount = (value: number): Fact => ({ kind: "percent", id: "discount", value, source });
const ends: Fact = { kind: "date", id: "ends_on", value: "2027-03-01", source };
const code: Fact = { kind: "text", id: "code", value: "WILLOW15", source };

const copy = (segmentId: string | null, facts: readonly Fact[], ...texts: string[]): SegmentCopy => ({
  segmentId,
  facts: { facts: [...facts], links: [] },
  texts: texts.map((text, place) => ({ path: `contents.sms.${place}`, text })),
});

describe("what segments are offered", () => {
  it("does not differ while their copy states the same, in whatever channel and in slots or figures", () => {
    const facts = [discount(15), ends, code];
    const all = "Take {{fact:discount}} off until {{fact:ends_on}} with {{fact:code}}.";
    const written = "15% off until 1 March with WILLOW15.";
    expect(offerDifferences([copy("1", facts, all), copy(null, facts, written, "Have a look.")])).toEqual([]);
  });

  it("differs where one segment's copy states a reduction, a deadline or a code and another's does not", () => {
    const facts = [discount(15), ends, code];
    const differences = offerDifferences([
      copy("1", facts, "{{fact:discount}} off until {{fact:ends_on}}, code {{fact:code}}"),
      copy("2", facts, "{{fact:discount}} off"),
      copy(null, facts, "Have a look."),
    ]);
    expect(differences).toEqual([
      { fact: "discount", about: "offer", values: [{ shown: "15%", segments: ["1", "2"] }], without: [null] },
      {
        fact: "ends_on",
        about: "deadline",
        values: [{ shown: "March 1, 2027", segments: ["1"] }],
        without: ["2", null],
      },
      { fact: "code", about: "offer", values: [{ shown: "WILLOW15", segments: ["1"] }], without: ["2", null] },
    ]);
  });

  it("differs where the same fact has another value, as after a change of the sheet between two writings", () => {
    expect(
      offerDifferences([copy("1", [discount(15)], "{{fact:discount}} off"), copy("2", [discount(20)], "20% off")]),
    ).toEqual([
      {
        ...{ fact: "discount", about: "offer", without: [] },
        values: [
          { shown: "15%", segments: ["1"] },
          { shown: "20%", segments: ["2"] },
        ],
      },
    ]);
  });

  it("is told by product and not by its place: another product is no difference, another price for the same one is", () => {
    const mug = (pounds: number, place: number) => money(`product_${place}_price`, pounds, "product MUG");
    const lamp = money("product_1_price", 12, "product LAMP");
    const [one, two] = ["{{fact:product_1_price}}", "{{fact:product_2_price}}"];
    expect(offerDifferences([copy("1", [mug(3, 1)], one), copy("2", [lamp, mug(3, 2)], one, two)])).toEqual([]);
    expect(offerDifferences([copy("1", [mug(3, 1)], one), copy("2", [lamp, mug(4, 2)], one, two)])).toMatchObject([
      { fact: "product MUG", about: "price", values: [{ shown: "£3" }, { shown: "£4" }], without: [] },
    ]);
  });
});
