/** Where sentences end, and how long they are: in words where a language parts them by spaces, else in characters. */
import { languageOf } from "@chorus/core/fact";

/** Languages that put no spaces between words. */
const unspaced = new Set(["zh", "yue", "ja", "th", "lo", "km", "my"]);
export const isUnspaced = (locale: string): boolean => unspaced.has(languageOf(locale));

/** After these a full stop ends no sentence, or only one that is followed by a capital. */
const neverEnds = /(?:^|[\s(])(?:\p{L}|Mr|Mrs|Ms|Dr|Prof|St|Nr|No|Mme|Mlle|vs|e\.g|i\.e|z\.B|d\.h|u\.a|bzw|inkl)\.$/iu;
const seldomEnds = /(?:^|[\s(])(?:\p{L}\.\p{L}|etc|approx|incl|ca|usw)\.$/iu;

const breaks = /\n+|(?<=[.!?][")'\]]*)\s+|(?<=。[")'”’」』]*|[!?](?=\p{Script=Han}))(?![。!?")'”’」』])/gu;

export type Sentence = { readonly text: string; readonly from: number; readonly to: number };

/** Of a folded text, whose marks are those of a keyboard: `。` is the only full stop that is not. */
export function sentencesOf(folded: string): Sentence[] {
  const ends = [...folded.matchAll(breaks)].map(({ index, 0: gap }) => ({ to: index, next: index + gap.length }));
  const sentences: Sentence[] = [];
  let from = 0;
  for (const { to, next } of [...ends, { to: folded.length, next: folded.length }]) {
    if (goesOn(folded.slice(from, to), folded.slice(next))) continue;
    if (to > from) sentences.push({ text: folded.slice(from, to), from, to });
    from = next;
  }
  return sentences;
}

const goesOn = (said: string, rest: string): boolean =>
  rest !== "" && (neverEnds.test(said) || (seldomEnds.test(said) && /^\p{Ll}/u.test(rest)));

/** A slot stands in a folded text as one private-use letter, and counts as one word. */
const word = /[\p{L}\p{N}\p{Co}]+(?:['.,:/-][\p{L}\p{N}]+)*/gu;
const character =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[\p{Script=Latin}\p{N}\p{Co}]+/gu;

export const wordsOf = (sentence: string): string[] => sentence.match(word) ?? [];

export const lengthOf = (sentence: string, locale: string): number =>
  isUnspaced(locale) ? (sentence.match(character) ?? []).length : wordsOf(sentence).length;
