/** Is a text in the language its variant is for? Scripts decide at once; words only where there are enough of them. */
import { createRequire } from "node:module";
import type { BrandVoice } from "@chorus/core/brand-voice";
import type { Brief } from "@chorus/core/brief";
import { languageOf } from "@chorus/core/fact";
import type { Problem } from "@chorus/core/problem";
import type { CopyText } from "./copy-text.ts";
import { fold, outsideSlots, phrasePattern } from "./fold.ts";

type Expected = {
  readonly locale: string;
  readonly brief: Pick<Brief, "mustSay">;
  readonly voice: Pick<BrandVoice, "brand">;
};

/** Below these a word or two of another language is a name, not a mistake. */
const fewestScriptLetters = 4;
const fewestLettersForWords = 40;
/** A Chinese text may hold Latin names; letters weigh less than characters, as a word takes about four times as many. */
const leastHanShare = 0.3;
const mostForeignShare = 0.3;

export function language(texts: readonly CopyText[], expected: Expected): Problem[] {
  const wanted = languageOf(expected.locale);
  const own = texts.map(({ path, text }) => ({ path, text, own: ownWords(text, expected) }));
  const wrong = own.filter((each) => isOther(each.own, wanted));
  const message = `Write this in ${nameOf(expected.locale)}: the variant is for ${expected.locale}.`;
  return (wrong.length > 0 ? wrong : wrongTogether(own, wanted)).map(({ path, text }) => ({
    ...{ path, code: "language.other", message, got: text.slice(0, 80) },
  }));
}

const isOther = (own: string, wanted: string): boolean =>
  wanted === "zh" ? notChinese(own) : writtenWith(own, wanted) || otherWords(own, wanted);

type OwnText = CopyText & { readonly own: string };

/** A channel of nothing but short texts is judged as one: each by itself would say too little. Named is the longest. */
function wrongTogether(texts: readonly OwnText[], wanted: string): OwnText[] {
  return [...new Set(texts.map(channelOf))].flatMap((channel) => {
    const group = texts.filter((each) => channelOf(each) === channel);
    if (group.some(({ own }) => count(own, /\p{L}/gu) >= fewestLettersForWords)) return [];
    if (!isOther(group.map(({ own }) => own).join("\n"), wanted)) return [];
    return [...group].sort((one, other) => other.own.length - one.own.length).slice(0, 1);
  });
}

/** Paths start at `contents.` and name a channel first. */
const channelOf = ({ path }: CopyText): string => path.split(".").slice(0, 2).join(".");

/** Without slots, the brand's name and what the brief wants said word for word, in whatever language. */
function ownWords(text: string, expected: Expected): string {
  const plain = fold(outsideSlots(text, { figures: new Set(), names: [expected.voice.brand] })).text;
  return expected.brief.mustSay.reduce((rest, phrase) => rest.replace(phrasePattern(phrase), " "), plain);
}

const count = (text: string, letters: RegExp): number => text.match(letters)?.length ?? 0;
const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const han = /\p{Script=Han}/gu;

function notChinese(text: string): boolean {
  const letters = count(text, /\p{L}/gu);
  const hanLetters = count(text, han);
  if (letters < fewestScriptLetters * 3 && hanLetters > 0) return false;
  if (letters < fewestScriptLetters * 2) return false;
  return hanLetters < letters * leastHanShare || count(text, kana) > letters * 0.1;
}

/** Languages written in other letters than Latin ones; for them the share of Latin letters says nothing on its own. */
const scripts: Readonly<Record<string, RegExp>> = {
  ja: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu,
  ko: /[\p{Script=Hangul}\p{Script=Han}]/gu,
  ru: /\p{Script=Cyrillic}/gu,
  uk: /\p{Script=Cyrillic}/gu,
  bg: /\p{Script=Cyrillic}/gu,
  el: /\p{Script=Greek}/gu,
  ar: /\p{Script=Arabic}/gu,
  fa: /\p{Script=Arabic}/gu,
  he: /\p{Script=Hebrew}/gu,
  th: /\p{Script=Thai}/gu,
  hi: /\p{Script=Devanagari}/gu,
};

/** True when too many letters are of a script that this language is not written in. */
function writtenWith(text: string, wanted: string): boolean {
  const letters = count(text, /\p{L}/gu);
  const script = scripts[wanted];
  if (script) return letters >= fewestScriptLetters * 3 && count(text, script) < letters * leastHanShare;
  const foreign = letters - count(text, /\p{Script=Latin}/gu);
  return foreign >= fewestScriptLetters && foreign > letters * mostForeignShare;
}

/** The commonest words of English prose: slang and lists of names mislead the detector, but not this count. */
const englishWords =
  /\b(?:the|a|an|and|or|to|of|in|on|for|with|at|by|from|is|are|be|it|this|that|we|you|your|our|have|has|will|can|not|but|so|all|more|now|when|here|there|some|what|if|as|do|get)\b/gi;

const require = createRequire(import.meta.url);

/** It knows some sixty languages by heart, in 30 MiB: loaded with the first text it is asked about, and kept by Node. */
const detectAll = (text: string) => (require("tinyld") as typeof import("tinyld")).detectAll(text);

/** Only a detector that is sure of another language, and gives the wanted one next to nothing, is believed. */
function otherWords(text: string, wanted: string): boolean {
  if (scripts[wanted] || count(text, /\p{L}/gu) < fewestLettersForWords) return false;
  const words = count(text, /\p{L}+/gu);
  if (wanted === "en" && count(text, englishWords) >= words * 0.15) return false;
  const guesses = detectAll(text);
  const first = guesses[0];
  if (!first || first.lang === wanted || first.accuracy < 0.3) return false;
  return (guesses.find((guess) => guess.lang === wanted)?.accuracy ?? 0) < 0.15;
}

const nameOf = (locale: string): string => new Intl.DisplayNames(["en"], { type: "language" }).of(locale) ?? locale;
