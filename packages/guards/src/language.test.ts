import { describe, expect, it } from "vitest";
import { evalSet } from "./evals/mutations.ts";
import { language } from "./language.ts";

const other = (text: string, locale: string, mustSay: string[] = []) =>
  language([{ path: "t", text }], { locale, brief: { mustSay }, voice: { brand: "Hearth & Home" } }).length > 0;

describe("language", () => {
  it("finds English in a Chinese variant and Chinese in an English one", () => {
    expect(other("A few things we picked for your kitchen", "zh-CN")).toBe(true);
    expect(other("为您的厨房挑了几件好物", "en-GB")).toBe(true);
    expect(other("为您的厨房挑了几件好物", "zh-CN")).toBe(false);
    expect(other("A few things we picked for your kitchen", "en-GB")).toBe(false);
  });

  it("tells Japanese from Chinese and Russian from English by their letters", () => {
    expect(other("キッチンのための小さな贈り物です", "zh-CN")).toBe(true);
    expect(other("Маленькие подарки для вашей кухни", "en-GB")).toBe(true);
    expect(other("Маленькие подарки для вашей кухни", "ru-RU")).toBe(false);
  });

  it.each([
    "Voici quelques idées choisies pour vous cette semaine, avec une remise",
    "Hier sind ein paar Dinge, die wir für Sie ausgesucht haben",
    "Hemos elegido estas cosas para tu cocina, con un descuento especial",
    "Ecco alcune idee scelte per la tua cucina, con uno sconto speciale",
  ])("finds %s in an English variant", (text) => expect(other(text, "en-GB")).toBe(true));

  it("knows German for German and English for not German", () => {
    expect(other("Hier sind ein paar Dinge, die wir für Sie ausgesucht haben", "de-DE")).toBe(false);
    expect(other("Here are a few things that we have picked out for you today", "de-DE")).toBe(true);
  });

  it("judges a channel of nothing but short texts as one, and names the longest", () => {
    const german = ["Nur für Sie", "Kommen Sie vorbei", "Wir freuen uns auf Sie", "Jetzt ansehen"];
    const expected = { locale: "en-GB", brief: { mustSay: [] }, voice: { brand: "Hearth & Home" } };
    const texts = german.map((text, no) => ({ path: `contents.email.paragraphs.${no}`, text }));
    expect(language(texts, expected)).toMatchObject([{ path: "contents.email.paragraphs.2", code: "language.other" }]);
    expect(language(texts.slice(3), expected)).toEqual([]);
    expect(language(texts, { ...expected, locale: "de-DE" })).toEqual([]);
  });

  it("lets short texts, slots, the brand's name and words the brief wants pass", () => {
    expect(other("Shop now", "zh-CN")).toBe(false);
    expect(other("OK", "zh-CN")).toBe(false);
    expect(other("{{fact:product_1_name}} {{link:shop}}", "zh-CN")).toBe(false);
    expect(other("Hearth & Home Hearth & Home 新品到店", "zh-CN")).toBe(false);
    expect(other("新品到店，欢迎选购。Terms and conditions apply", "zh-CN", ["Terms and conditions apply"])).toBe(
      false,
    );
  });

  it("raises no alarm over the true copies of the grounding set, and finds each of them under the other language", () => {
    const { clean } = evalSet("development");
    expect(clean.filter(({ text, locale }) => other(text, locale))).toEqual([]);
    const letters = (text: string) => text.replace(/\{\{[^}]*\}\}/g, "").match(/\p{L}/gu)?.length ?? 0;
    const long = clean.filter(({ text }) => letters(text) >= 12);
    expect(long.filter(({ text, locale }) => !other(text, locale === "en" ? "zh-CN" : "en-GB"))).toEqual([]);
  });
});
