import { expect, it } from "vitest";
import type { FactSheet } from "./fact.ts";
import { checkSlots, fillFacts, splitSlots } from "./slot.ts";

const facts: FactSheet = {
  facts: [
    { id: "price", kind: "money", value: { micros: 12_500_000, currency: "GBP" }, source: "price list" },
    { id: "off", kind: "percent", value: 25, source: "offer sheet" },
    { id: "until", kind: "date", value: "2026-12-24", source: "offer sheet" },
  ],
  links: [{ id: "shop", url: "https://shop.example/" }],
};

it("a text is split into words and slots, in order", () => {
  expect(splitSlots("Hi {{contact:first_name|there}}, {{fact:off}} off: {{link:shop}}").parts).toEqual([
    { is: "text", text: "Hi " },
    { is: "contact", field: "first_name", fallback: "there" },
    { is: "text", text: ", " },
    { is: "fact", id: "off" },
    { is: "text", text: " off: " },
    { is: "link", id: "shop" },
  ]);
});

it.each([
  "{{user.constructor}}",
  "{{#each items}}",
  "{{{fact:price}}}",
  "{{fact:}}",
  "{{fact:PRICE}}",
  "{{secret}}",
  "{{fact:price",
  "price}}",
  "{{contact:__proto__|x}}",
])("%s is no slot and is refused", (text) => {
  const { parts, problems } = splitSlots(text, "text");
  expect(problems[0]).toMatchObject({ path: "text", code: "slot.forbidden" });
  expect(parts.every((part) => part.is === "text")).toBe(true);
});

it("facts are shown in the reader's own way", () => {
  const { parts } = splitSlots("{{fact:price}} {{fact:off}} {{fact:until}}");
  expect(fillFacts(parts, facts, "en-GB")).toEqual([{ is: "text", text: "£12.50 25% 24 December 2026" }]);
  expect(fillFacts(parts, facts, "zh-CN")).toEqual([{ is: "text", text: "£12.50 25% 2026年12月24日" }]);
});

it("a fact that the sheet does not hold is named, with those it holds", () => {
  const { parts } = splitSlots("{{fact:prize}} {{link:home}}");
  expect(checkSlots(parts, facts, "sms.text")).toEqual([
    expect.objectContaining({
      code: "slot.unknown_fact",
      got: "prize",
      message: expect.stringContaining("price, off, until"),
    }),
    expect.objectContaining({ code: "slot.unknown_link", got: "home" }),
  ]);
});

it("a contact's field without a default is refused, because some contacts have none", () => {
  const { parts } = splitSlots("Hi {{contact:first_name}}");
  expect(checkSlots(parts, facts, "subject")).toEqual([expect.objectContaining({ code: "slot.default_missing" })]);
});
