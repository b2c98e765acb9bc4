import { brandVoice } from "@chorus/core/brand-voice";
import type { FactSheet } from "@chorus/core/fact";
import { refusalsIn } from "@chorus/core/problem";
import { describe, expect, it } from "vitest";
import { checkVoice } from "./brand-voice.ts";

const facts: FactSheet = {
  facts: [{ id: "name", kind: "text", value: "Cheap plastic spoon", source: "test" }],
  links: [],
};
const check = (text: string, voice: object, locale = "en-GB") =>
  checkVoice([{ path: "t", text }], { facts, locale, voice: brandVoice.parse({ brand: "Hallo!", ...voice }) });
const found = (text: string, voice: object, locale?: string) =>
  check(text, voice, locale).map(({ code, got }) => [code.replace("voice.", ""), got]);

describe("a word the brand bans", () => {
  const voice = { bannedWords: ["cheap", "pet parent", "抢购"] };

  it("is found whatever its case, width, alphabet, hidden hyphens and spacing, and shown as it stands", () => {
    const disguised = ["CHEAP", "ｃｈｅａｐ", "ch\u00adeap", "c h e a p", "c-h-e-a-p", "ch3ap", "сhеаp", "che\u200bap"];
    for (const word of disguised) expect(found(`So ${word} now`, voice)).toEqual([["banned_word", word]]);
    expect(found("Dear pet-parent", voice)).toEqual([["banned_word", "pet-parent"]]);
    for (const word of ["搶購", "抢 购", "抢*购", "抢-购"])
      expect(found(`快来${word}吧`, voice, "zh-CN")).toEqual([["banned_word", word]]);
  });

  it("is a whole word, also in a product's name", () => {
    expect(found("No cheapskate, and a trumpet parented", voice)).toEqual([]);
    expect(found("我们开抢。购物愉快", voice, "zh-CN")).toEqual([]);
    expect(found("Try {{fact:name}}", voice)).toEqual([["banned_word", "Cheap"]]);
  });
});

it("a word that must be there may stand in any text of a message, in its language, but every message has it", () => {
  const voice = brandVoice.parse({ brand: "Hallo", mustWords: [{ locale: "en", oneOf: ["made to last", "mended"] }] });
  const texts = [
    { path: "contents.email.subject", text: "New mugs" },
    { path: "contents.email.paragraphs.0", text: "MADE TO\nLAST, and blue." },
    { path: "contents.sms.text", text: "New mugs are here." },
  ];
  expect(checkVoice(texts, { facts, locale: "en-US", voice })).toEqual([
    {
      path: "contents.sms",
      code: "voice.must_word_missing",
      message: 'Say "made to last" or "mended": the brand voice wants it in every message.',
    },
  ]);
  expect(checkVoice(texts, { facts, locale: "de", voice })).toEqual([]);
});

describe("a budget", () => {
  it("of exclamation marks is a message's, counts full-width and double ones, and leaves the brand's own name alone", () => {
    const voice = { limits: { exclamations: 2 } };
    expect(found("Hallo! Hallo! is here. Yes! Yes!", voice)).toEqual([]);
    expect(found("Yes！ Yes‼", voice)).toEqual([["exclamations", "!"]]);
    expect(found("Yes❗Yes﹗Yes ⁉", voice)).toEqual([["exclamations", "!"]]);
  });

  it("of emoji counts a family, a flag, a skin tone and a boxed figure as one, and no sign of trade or rating", () => {
    const voice = { limits: { emojis: 4 } };
    expect(found("👨‍👩‍👧‍👦 🇬🇧 👍🏽 1️⃣ Chorus™ © ★★★★★ 100 → #1", voice)).toEqual([]);
    expect(found("👨‍👩‍👧‍👦🇬🇧🇫🇷👍🏽❤", voice)).toEqual([["emojis", "❤"]]);
    expect(found("🎉\u200d🎉\u200d🎉\u200d🎉\u200d🎉", voice)).toEqual([["emojis", "🎉"]]);
  });

  it("stops an approval; what is only estimated does not", () => {
    const limits = { emojis: 0, exclamations: 0, sentenceWords: 3 };
    const problems = check("One two three four! 🎉", { limits });
    expect(problems).toHaveLength(3);
    expect(refusalsIn(problems).map(({ code }) => code)).toEqual(["voice.exclamations", "voice.emojis"]);
  });
});

describe("a long sentence", () => {
  it("is told with its words; abbreviations, decimals and slots do not end or stretch it", () => {
    const voice = { limits: { sentenceWords: 6 } };
    const text = "Dr. Hale has 3.5 kg, e.g. clay. Meet {{fact:name}} and take one of them home.";
    expect(found(text, voice)).toEqual([
      ["long_sentence", "Dr. Hale has 3.5 kg, e.g. clay."],
      ["long_sentence", "Meet {{fact:name}} and take one of them home."],
    ]);
    expect(found("One two three.\nFour five six. Seven (eight) nine!", voice)).toEqual([]);
  });

  it("is measured in characters in Chinese, where commas run on and other words count as one", () => {
    const voice = { limits: { sentenceCharacters: 10, sentenceWords: 1 } };
    expect(found("杯子回来了！看看吧。慢慢挑，不着急。", voice, "zh-CN")).toEqual([]);
    expect(found("Wren 的杯子今天回来了，不用着急。好。", voice, "zh-CN")).toEqual([
      ["long_sentence", "Wren 的杯子今天回来了，不用着急。"],
    ]);
  });
});

it("English that takes too many years of school is told with its grade; a few words and other languages are not graded", () => {
  const voice = { limits: { readingGrade: 8 } };
  const plain =
    "The kettle is on and the new tins are out. Come in and see which one is yours. We have kept a seat for you.";
  const hard =
    "Multifunctional receptacles facilitate sophisticated culinary experimentation. Ergonomic considerations significantly determined our manufacturing methodology, accommodating heterogeneous domestic requirements.";
  expect(found(plain, voice)).toEqual([]);
  expect(found(`${hard} ${plain}`, voice)).toEqual([["reading_grade", undefined]]);
  expect(found("Multifunctional receptacles facilitate experimentation.", voice)).toEqual([]);
  expect(found(`${hard} ${plain}`, voice, "de-DE")).toEqual([]);
});
