/**
 * How many years of school an English text asks of its reader, by the Flesch-Kincaid grade (J. P. Kincaid and others,
 * Research Branch Report 8-75, 1975). Syllables are counted by spelling, which is off by one in about every tenth word.
 */
import { sentencesOf, wordsOf } from "./sentences.ts";

/** Below this, about the words of one text message, a single long word decides. */
const fewestWords = 20;

/** Null: too little to grade. */
export function readingGrade(texts: readonly string[]): number | null {
  const sentences = texts
    .flatMap(sentencesOf)
    .filter(({ text }) => isRunning(text))
    .map(({ text }) => wordsOf(text));
  const words = sentences.flat();
  if (words.length < fewestWords) return null;
  const syllables = words.reduce((sum, each) => sum + syllablesIn(each), 0);
  return 0.39 * (words.length / sentences.length) + 11.8 * (syllables / words.length) - 15.59;
}

/** A heading or a button is no sentence, and would make every text an easy one. */
const isRunning = (sentence: string): boolean => /[.!?][")'\]]*$/.test(sentence) || wordsOf(sentence).length >= 12;

export function syllablesIn(word: string): number {
  const parts =
    word
      .toLowerCase()
      .replace(/'s$/, "")
      .match(/[a-z]+/g) ?? [];
  return Math.max(
    1,
    parts.reduce((sum, part) => sum + syllablesInPart(part), 0),
  );
}

/** Vowels that stand together and are said apart: being, radio, quiet, museum, January. */
const vowelsApart = /[aeiou]ing$|(?<![cstgx])i[ao]|ie(?=t|nc)|eu(?=m)|eo(?!u|p)|(?<![gq])ua/g;

function syllablesInPart(part: string): number {
  const sounded = part
    .replace(/([^aeiouy])e$/, (end, before) => (before === "l" && /[^aeiouylr]le$/.test(part) ? end : before))
    .replace(/([^aeiouydt])ed$/, "$1d")
    .replace(/([^aeiouyszxcgh])es$/, "$1s");
  const groups = sounded.match(/[aeiouy]+/g) ?? [];
  const apart = sounded.match(vowelsApart) ?? [];
  return Math.max(1, groups.length + apart.length);
}
