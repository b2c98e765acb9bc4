import { type FactSheet, factSheet } from "@chorus/core/fact";
import { describe, expect, it } from "vitest";
import { grounding } from "./grounding.ts";

const source = "test";
const facts = factSheet.parse({
  facts: [
    { id: "discount", kind: "percent", value: 25, source },
    { id: "price", kind: "money", value: { micros: 1_199_000_000, currency: "CNY" }, source },
    { id: "ends", kind: "date", value: "2026-11-30", source },
    { id: "warranty_years", kind: "number", value: 2, source },
    { id: "volume_ml", kind: "number", value: 500, source },
    { id: "offer", kind: "text", value: "Buy one get one free", source },
    { id: "shipping", kind: "text", value: "满300包邮", source },
    { id: "returns", kind: "text", value: "Free returns within 14 days", source },
    { id: "code", kind: "text", value: "HEARTH", source },
  ],
  links: [{ id: "shop", url: "https://shop.example.com/cups" }],
});
const found = (text: string) =>
  grounding([{ path: "t", text }], { facts, voice: { brand: "Chorus" }, by: "person" }).map(({ got }) => got);

describe("a person may write out what a fact says", () => {
  it.each([
    "Take 25% off",
    "A quarter off everything",
    "Twenty-five per cent off",
    "全场7.5折",
    "全场七五折",
    "全场７５折",
    "只要1,199元",
    "只要一千一百九十九元",
    "¥1199",
    "Until 30 November",
    "By Nov 30th",
    "11月30日截止",
    "十一月三十日截止",
    "截至2026-11-30",
    "With a two-year warranty",
    "两年质保",
    "Half a litre of tea",
    "500 ml",
    "Two for one on all cups",
    "BOGO on all cups",
    "买一送一",
    "满三百元免运费",
    "Free returns within 14 days",
    "Use HEARTH at the till",
    "See shop.example.com/cups",
    "看 https://www.shop.example.com/cups。",
  ])("%s", (text) => expect(found(text)).toEqual([]));
});

describe("and nothing else", () => {
  it.each([
    ["Take 30% off", "30%"],
    ["A third off everything", "A third off"],
    ["全场八折", "八折"],
    ["只要1,299元", "1,299元"],
    ["£1199", "£1199"],
    ["Until 25 November", "25 November"],
    ["With a three-year warranty", "three-year"],
    ["一年质保", "一年"],
    ["750 ml", "750"],
    ["Buy two get one free", "Buy two get one free"],
    ["满200包邮", "满200包邮"],
    ["Free returns within 30 days", "30 days"],
    ["Use HEARTHS at the till", "HEARTHS"],
    ["See shop-example.com/cups", "shop-example.com/cups"],
    ["See shop.examp1e.com", "shop.examp1e.com"],
    ["A free mug with every order", "free mug"],
  ])("%s is held for %s", (text, got) => expect(found(text).join(" | ")).toContain(got));
});

describe("an amount of what no fact speaks of", () => {
  const onlyPrice: FactSheet = { facts: facts.facts.filter(({ id }) => id === "price"), links: [] };
  const severities = (text: string, sheet = onlyPrice) =>
    grounding([{ path: "t", text }], { facts: sheet, voice: { brand: "Chorus" }, by: "person" }).map(
      ({ code, severity }) => `${code} ${severity ?? "refused"}`,
    );

  it("is shown to whoever approves, and a price, a discount or a crowd is refused all the same", () => {
    expect(severities("Turn left after 300 metres, where nine geese hold grudges.")).toEqual([
      "claim.number warning",
      "claim.number warning",
    ]);
    expect(severities("Now £12, loved by thousands of customers")).toEqual([
      "claim.price refused",
      "claim.proof refused",
    ]);
    expect(severities("Only 5 left")).toEqual(["claim.number refused"]);
  });

  it("is refused where a fact speaks of it otherwise", () => {
    expect(severities("It holds 900 ml", facts)).toEqual(["claim.number refused"]);
  });

  it("is none that a model may write", () => {
    const by = { facts: onlyPrice, voice: { brand: "Chorus" }, by: "model" } as const;
    expect(grounding([{ path: "t", text: "Nine geese" }], by)[0]?.severity).toBeUndefined();
  });
});
