/**
 * A folded text with the usual disguises of a word undone: marks and pictures pushed between its letters, letters of
 * another alphabet for a sound, figures for letters. What a reader takes for the word is the word.
 */
import { type Folded, fold } from "./fold.ts";
import homophones from "./lexicons/homophones.json" with { type: "json" };

/** Between two Chinese characters these do not end a sentence or a clause, so they only keep the characters apart. */
const between = /[^\p{L}\p{N}\p{Sc}%‰。,!?;:、…"'“”‘’()<>《》「」『』【】[\]{}\n|/+~-]/u;
const digit = /\p{N}/u;
const joined = /[\p{Script=Han}\p{N}]/u;
/** `c u r e s`, `B-o-o-s-t-s`: single letters with the same mark between them. */
const spelled =
  /(?<![\p{L}\p{N}])\p{Script=Latin}(?:([ .\-_*·~])\p{Script=Latin}(?:\1\p{Script=Latin}){1,20})(?![\p{L}\p{N}])/gu;
/** A word of Latin letters with others among them that look like Latin ones: no language mixes them. */
const mixed =
  /(?=[\p{Script=Cyrillic}\p{Script=Greek}]*\p{Script=Latin})(?=\p{Script=Latin}*[\p{Script=Cyrillic}\p{Script=Greek}])[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]{2,}/gu;
const lookalikes: Readonly<Record<string, string>> = Object.fromEntries(
  [..."аАвВеЕіІјЈкКмМнНоОрРсСтТуУхХѕЅԁԛԝαΑΒεΕΗιΙκΚΜνΝοΟρΡΤυΥχΧΖ"].map((letter, at) => [
    letter,
    "aABBeEiIjJkKMMHHoOpPcCTTyYxXsSdqwaABeEHiIkKMvNoOpPTuYxXZ"[at] ?? letter,
  ]),
);
/** `canc3r`, `1O`. */
const figureInWord =
  /(?<=[a-z]{2})[013457@$€](?=[a-z€])|(?<=[a-z])[013457@$€](?=[a-z]{2})|(?<=[a-z€]{3})€(?![\p{L}\d])|(?<![\p{L}\d])0(?=n[lL]y\b)/giu;
const letterInFigure = /(?<=\d)[oO](?![\p{L}])/gu;
const letterOf: Readonly<Record<string, string>> = {
  ...{ "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", $: "s", "€": "e" },
};

const soundsLike = homophones.words.map(({ written, means }) => ({ pattern: new RegExp(written, "giu"), means }));
/** Words that lists are made of are also pushed apart by marks that end a clause elsewhere. */
const spreadWords = homophones.spread.map((word) => new RegExp([...word].join("[^\\p{L}\\p{N}]{0,2}"), "gu"));

export function undisguise(original: string): Folded {
  const folded = fold(original);
  const pieces = replaceAll(folded.text);
  const text = pieces.map(({ shown }) => shown).join("");
  const starts = pieces.flatMap(({ shown, from }) => Array.from(shown, () => from).slice(0, shown.length));
  const ends = pieces.flatMap(({ shown, to }) => Array.from({ length: shown.length }, () => to));
  return {
    text,
    place: (from, to) => folded.place(starts[from] ?? folded.text.length, ends[to - 1] ?? folded.text.length),
  };
}

type Piece = { readonly shown: string; readonly from: number; readonly to: number };

/** One piece for each letter that stays, and one for each word that was spelled by its sound. */
function replaceAll(text: string): Piece[] {
  const swaps = [...swapsIn(text)].sort((a, b) => a.from - b.from || b.to - a.to);
  const pieces: Piece[] = [];
  let at = 0;
  for (const swap of swaps) {
    if (swap.from < at) continue;
    pieces.push(...lettersOf(text, at, swap.from), swap);
    at = swap.to;
  }
  return [...pieces, ...lettersOf(text, at, text.length)];
}

const lettersOf = (text: string, from: number, to: number): Piece[] =>
  Array.from({ length: to - from }, (_, index) => ({
    shown: text[from + index] ?? "",
    from: from + index,
    to: from + index + 1,
  }));

function* swapsIn(text: string): Iterable<Piece> {
  for (const { index, 0: found, 1: mark = " " } of text.matchAll(spelled))
    for (let at = index; at < index + found.length; at++)
      if (text[at] === mark) yield { shown: "", from: at, to: at + 1 };
  for (const { index, 0: found } of text.matchAll(mixed))
    for (let at = index; at < index + found.length; at++) {
      const letter = text[at] ?? "";
      if (lookalikes[letter]) yield { shown: lookalikes[letter], from: at, to: at + 1 };
    }
  for (const { index, 0: found } of text.matchAll(figureInWord))
    yield { shown: letterOf[found] ?? found, from: index, to: index + 1 };
  for (const { index } of text.matchAll(/(?<=(?<!\d)\d) (?=\d(?:\s?%|(?!\d)))/g))
    yield { shown: "", from: index, to: index + 1 };
  for (const { index } of text.matchAll(letterInFigure)) yield { shown: "0", from: index, to: index + 1 };
  for (const pattern of spreadWords)
    for (const { index, 0: found } of text.matchAll(pattern))
      for (let at = index; at < index + found.length; at++)
        if (!joined.test(text[at] ?? "")) yield { shown: "", from: at, to: at + 1 };
  yield* marksBetween(text);
  for (const { pattern, means } of soundsLike)
    for (const { index, 0: found } of text.matchAll(pattern))
      yield { shown: means, from: index, to: index + found.length };
}

/** At most three marks in a row: more of them part what stands around them. */
function* marksBetween(text: string): Iterable<Piece> {
  let last = -1;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? "";
    if (joined.test(letter)) {
      const apart = [...text.slice(last + 1, at)];
      const isNumber = digit.test(letter) && digit.test(text[last] ?? "");
      if (last >= 0 && apart.length > 0 && apart.length <= 3 && apart.every((mark) => between.test(mark) && !isNumber))
        yield { shown: "", from: last + 1, to: at };
      last = at;
    } else if (letter === "%" && last >= 0 && /^ {1,2}$/.test(text.slice(last + 1, at)))
      yield { shown: "", from: last + 1, to: at };
  }
}
