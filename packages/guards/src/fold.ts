/** One plain form of a text for every guard to look at, with the way back to the exact words of the original. */
import { splitSlots } from "@chorus/core/slot";
import { Converter } from "opencc-js/t2cn";

/**
 * A text after NFKC, without zero-width and combining characters, with traditional characters made simplified. Case
 * is kept: a coupon code is told by its capitals. Slots stand as one private-use letter, so that no word grows over them.
 */
export type Folded = {
  readonly text: string;
  /** Where the letters `from` ≤ index < `to` of the folded text stand in the original. */
  place(from: number, to: number): readonly [from: number, to: number];
};

/** Private-use letters that no copy contains: a figure from the fact sheet, any other slot, a brand's name. */
export const figureMark = "\uE000";
export const slotMark = "\uE001";
const nameMark = "\uE002";
export const gap = "\uE003";

const toSimplified = Converter({ from: "t", to: "cn" });
const clusters = new Intl.Segmenter("und", { granularity: "grapheme" });
const unseen = /[\p{Cf}\p{Mn}\p{Me}]/gu;

export function fold(original: string): Folded {
  if (/^[\x20-\x7e\n]*$/.test(original)) return { text: original, place: (from, to) => [from, to] };
  const pieces: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let index = 0;
  for (const cluster of clustersOf(original)) {
    const plain = foldCluster(cluster);
    pieces.push(plain);
    for (let unit = 0; unit < plain.length; unit++) {
      starts.push(index);
      ends.push(index + cluster.length);
    }
    index += cluster.length;
  }
  return {
    text: pieces.join(""),
    place: (from, to) => [starts[from] ?? original.length, ends[to - 1] ?? original.length],
  };
}

/** Only where letters are combined does it take a segmenter, which is slow, to keep them together. */
function* clustersOf(text: string): Iterable<string> {
  if (/[\p{M}\p{Cf}]/u.test(text)) for (const { segment } of clusters.segment(text)) yield segment;
  else yield* text;
}

/** Quotes and dashes that a keyboard has one key for. */
const typewriter: Readonly<Record<string, string>> = Object.fromEntries(
  [..."\u2018\u2019\u02bc"]
    .map((mark) => [mark, "'"])
    .concat(
      [..."\u201c\u201d"].map((mark) => [mark, '"']),
      [..."\u2010\u2011\u2012\u2013\u2014\u2212"].map((mark) => [mark, "-"]),
    ),
);

function foldCluster(cluster: string): string {
  if (cluster.length === 1 && cluster >= " " && cluster <= "~") return cluster;
  if (cluster === gap) return "";
  if (cluster === "™" || cluster === "℠") return ""; // signs that NFKC makes letters of the name before them
  const plain = typewriter[cluster] ?? cluster.normalize("NFKC").replace(unseen, "");
  return /\p{Script=Han}/u.test(plain) ? toSimplified(plain) : plain;
}

/**
 * The same text with every slot replaced by a mark of the same length, and `names` (a brand's own name may hold a
 * digit) blanked out. What is left was written by whoever wrote the copy; a contact slot's default is among it.
 */
export function outsideSlots(text: string, known: { figures: ReadonlySet<string>; names: readonly string[] }): string {
  const marked = text.replace(/\{\{[^{}]*\}\}/g, (braces) => {
    const slot = splitSlots(braces).parts[0];
    if (!slot || slot.is === "text") return braces;
    if (slot.is === "contact" && slot.fallback) return keepDefault(braces, slot.fallback);
    return fill(slot.is === "fact" && known.figures.has(slot.id) ? figureMark : slotMark, braces.length);
  });
  return known.names.reduce((rest, name) => blank(rest, name), marked);
}

const fill = (mark: string, length: number): string => mark + gap.repeat(length - 1);

function keepDefault(braces: string, kept: string): string {
  const from = braces.lastIndexOf(kept);
  return fill(slotMark, from) + kept + gap.repeat(braces.length - from - kept.length);
}

/** A name counts only as a whole word, and only when it holds a letter: a brand called "5" would excuse every price. */
function blank(text: string, name: string): string {
  if (!/\p{L}/u.test(name)) return text;
  return text.replace(whole(literal(name), name), (found) => fill(nameMark, found.length));
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** Scripts that part words by spaces. In the others a phrase is found wherever its letters stand. */
const spaced = "[\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\p{N}]";
const opensSpaced = new RegExp(`^${spaced}`, "u");
const closesSpaced = new RegExp(`${spaced}$`, "u");

function whole(source: string, phrase: string): RegExp {
  const before = opensSpaced.test(phrase) ? `(?<!${spaced})` : "";
  const after = closesSpaced.test(phrase) ? `(?!${spaced})` : "";
  return new RegExp(`${before}${source}${after}`, "giu");
}

/** Where a phrase stands in a folded text, whatever its case, width and line breaks; a word of a spaced script only whole. */
export function phrasePattern(phrase: string): RegExp {
  const plain = fold(phrase).text.trim();
  if (!plain) return /(?!)/g;
  return whole(plain.split(/\s+/).map(literal).join("\\s+"), plain);
}
