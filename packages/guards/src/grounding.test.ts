import { describe, expect, it } from "vitest";
import { evalFacts, evalSet } from "./evals/mutations.ts";
import { grounding } from "./grounding.ts";

const on = { facts: evalFacts, voice: { brand: "Studio 54" }, by: "model" as const };
const found = (text: string) => grounding([{ path: "t", text }], on).map(({ code, got }) => [code, got]);

describe("grounding", () => {
  it("lets copy pass whose figures, dates, codes and addresses are all slots", () => {
    expect(found("{{fact:product_1_name}} for {{fact:product_1_price}} until {{fact:ends}}: {{link:shop}}")).toEqual(
      [],
    );
    expect(
      found("{{fact:product_1_name}}只要{{fact:product_1_price}}，{{fact:ends}}前用{{fact:code}}：{{link:shop}}"),
    ).toEqual([]);
  });

  it.each([
    ["Now £12.99 only", "claim.price", "£12.99"],
    ["Take 25% off", "claim.percent", "25%"],
    ["Everything half price", "claim.percent", "half price"],
    ["Ends on 30 November", "claim.date", "30 November"],
    ["Offer ends Friday", "claim.date", "ends Friday"],
    ["Open until May", "claim.date", "until May"],
    ["See https://evil.example/x now", "claim.url", "https://evil.example/x"],
    ["See chorus-sale.com now", "claim.url", "chorus-sale.com"],
    ["Write to shop@evil.example", "claim.url", "shop@evil.example"],
    ["Call +44 20 7946 0000", "claim.phone", "+44 20 7946 0000"],
    ["Use code SPRING at the till", "claim.code", "code SPRING"],
    ["Buy one get one free", "claim.offer", "Buy one get one free"],
    ["Free delivery on all orders", "claim.offer", "Free delivery"],
    ["Customers love it", "claim.proof", "Customers love"],
    ["All 7 of them", "claim.number", "7"],
    ["全场七五折", "claim.percent", "七五折"],
    ["只要99元", "claim.price", "99元"],
    ["十一月三十日截止", "claim.date", "十一月三十日"],
    ["本周五结束", "claim.date", "本周五"],
    ["買一送一", "claim.offer", "買一送一"],
    ["满300减50", "claim.offer", "满300减50"],
    ["加微信：chorus_gou", "claim.url", "微信：chorus_gou"],
  ])("holds %s as %s with the exact words", (text, code, got) => {
    expect(found(text)).toContainEqual([code, got]);
  });

  it("sees through full-width digits, zero-width letters and circled numbers, and quotes them as they were written", () => {
    expect(found("只要９９元")).toEqual([["claim.price", "９９元"]]);
    expect(found("Take 2\u200b5\u200b% off")).toEqual([["claim.percent", "2\u200b5\u200b%"]]);
    expect(found("Gift ①")).toEqual([["claim.number", "①"]]);
  });

  it("looks into the default of a contact's slot, and nowhere else in a slot", () => {
    expect(found("Hello {{contact:first_name|there}}")).toEqual([]);
    expect(found("Hello {{contact:first_name|you at shop.example.com}}")).toEqual([["claim.url", "shop.example.com"]]);
  });

  it("holds a unit glued to a figure's slot, which would say the figure wrongly", () => {
    expect(found("全场{{fact:offer}}折")).toEqual([["claim.percent", "{{fact:offer}}折"]]);
    expect(found("For £{{fact:product_1_price}}")).toEqual([["claim.price", "£"]]);
    expect(found("{{fact:product_1_name}}百搭")).toEqual([]);
  });

  it("lets the brand's own name hold a digit, as a whole word only", () => {
    expect(found("Studio 54 is open")).toEqual([]);
    expect(found("Studio 549 is open")).toEqual([["claim.number", "549"]]);
  });

  it("names a slot that the fact sheet does not hold", () => {
    expect(found("{{fact:nope}} {{link:away}}")).toEqual([
      ["slot.unknown_fact", "nope"],
      ["slot.unknown_link", "away"],
    ]);
    expect(found("Your number is {{ssn}}")).toEqual([["slot.forbidden", "{{ssn}}"]]);
  });
});

describe("grounding, measured on own mutations (labels certain by construction)", () => {
  const measure = (name: "development" | "held-out") => {
    const { clean, mutated } = evalSet(name);
    const flagged = (text: string) => grounding([{ path: "t", text }], on).length > 0;
    const recall = mutated.filter(({ text }) => flagged(text)).length / mutated.length;
    const falseAlarms = clean.filter(({ text }) => flagged(text)).length / clean.length;
    const figures = { set: name, clean: clean.length, mutated: mutated.length, recall, falseAlarms };
    console.log("grounding", JSON.stringify(figures));
    return { ...figures, missed: mutated.filter(({ text }) => !flagged(text)) };
  };

  it("finds at least 99 of 100 swapped prices, percentages, dates, domains and mechanics, with at most 2 false alarms in 100", () => {
    const figures = measure("development");
    expect(figures.clean).toBeGreaterThanOrEqual(100);
    expect(figures.mutated).toBeGreaterThanOrEqual(200);
    expect(figures.recall).toBeGreaterThanOrEqual(0.99);
    expect(figures.falseAlarms).toBeLessThanOrEqual(0.02);
  });

  it("on words it was not made for, never misses a figure, a code or an address", () => {
    const { missed, falseAlarms } = measure("held-out");
    expect(missed.filter(({ swapped }) => swapped === "code" || swapped === "domain")).toEqual([]);
    expect(missed.filter(({ text }) => /\p{Nd}/u.test(text.replace(/\{\{[^}]*\}\}/g, "")))).toEqual([]);
    expect(falseAlarms).toBeLessThanOrEqual(0.02);
  });
});
