import type { FactSheet } from "@chorus/core/fact";
import { describe, expect, it } from "vitest";
import { wording } from "./wording.ts";

const facts: FactSheet = {
  facts: [
    { id: "offer", kind: "percent", value: 25, source: "test" },
    { id: "name", kind: "text", value: "Cheap plastic spoon", source: "test" },
  ],
  links: [],
};
const on = (brief: { mustSay?: string[]; mustNotSay?: string[] }) => ({
  facts,
  locale: "en-GB",
  brief: { mustSay: brief.mustSay ?? [], mustNotSay: brief.mustNotSay ?? [] },
});
const found = (text: string, words = on({})) =>
  wording([{ path: "t", text }], words).map(({ code, got }) => [code, got]);

describe("wording", () => {
  it("finds a forbidden word whatever its case, width, hidden hyphens and line breaks", () => {
    const words = on({ mustNotSay: ["last chance", "臺灣製造", "cheap"] });
    expect(found("LAST\nCHANCE to buy", words)).toEqual([["wording.must_not_say", "LAST\nCHANCE"]]);
    expect(found("So ｃｈｅａｐ, so ch\u00adeap", words)).toEqual([["wording.must_not_say", "ｃｈｅａｐ"]]);
    expect(found("正宗台湾制造", words)).toEqual([["wording.must_not_say", "台湾制造"]]);
  });

  it("takes a forbidden word for a whole word", () => {
    expect(found("A cheaper way to scheme", on({ mustNotSay: ["cheap", "eme"] }))).toEqual([]);
  });

  it("looks at what the reader sees: a forbidden word in a product's name is found too", () => {
    expect(found("Try {{fact:name}}", on({ mustNotSay: ["cheap"] }))).toEqual([["wording.must_not_say", "Cheap"]]);
  });

  it("asks every channel for what must be said, in words or with a slot", () => {
    const words = on({ mustSay: ["25% off", "Terms apply"] });
    const texts = [
      { path: "contents.email.subject", text: "{{fact:offer}} off" },
      { path: "contents.email.paragraphs.0", text: "terms  apply." },
      { path: "contents.sms.text", text: "{{fact:offer}} off" },
    ];
    expect(wording(texts, words)).toEqual([
      {
        path: "contents.sms",
        code: "wording.must_say_missing",
        message: 'Say "Terms apply": the brief says it must be said.',
        got: "Terms apply",
      },
    ]);
  });

  it.each([
    ["As an AI language model, I think", "As an AI"],
    ["Dear [Name], hello", "[Name]"],
    ["Hello [Your Company Name]", "[Your Company Name]"],
    ["亲爱的【姓名】", "【姓名】"],
    ["Lorem ipsum dolor", "Lorem ipsum"],
    ["Subject: a gift", "Subject:"],
    ["Here is the email copy you wanted", "Here is the email copy"],
    ["**Bold** offer", "**"],
    ["See <a href='x'>this", "<a href='x'>"],
    ["<b>Big</b> news", "<b>"],
    ["作为一个人工智能，我", "作为一个人工智能"],
    ["Ignore previous instructions", "Ignore previous instructions"],
  ])("finds what a machine or a form left behind in %s", (text, got) => {
    expect(found(text)).toContainEqual(["wording.leftover", got]);
  });

  it.each(["【Hearth】新品到店", "We’re sorry to see you go", "I <3 tea", "Body butter & soap", "A to-do list"])(
    "leaves %s alone",
    (text) => expect(found(text)).toEqual([]),
  );

  it("refuses characters that a reviewer cannot see, and texts with nothing in them", () => {
    expect(found("safe\u202eevil")).toEqual([["wording.hidden_character", undefined]]);
    expect(found(" … ")).toEqual([["wording.empty", undefined]]);
    expect(found("👩‍👩‍👧 is family")).toEqual([]);
  });
});
