/** Copy that was to differ and does not: two angles that read the same teach nothing, and two segments need not be two. */
import type { CopyText } from "./copy-text.ts";
import { fold } from "./fold.ts";

/** Broder's resemblance over pieces of this many letters; Chinese says in three what English says in eight. */
const pieceOf = (text: string): number => (/\p{Script=Han}/u.test(text) ? 3 : 8);
/** Of 1: from here on a reader of both would say that they are the same. */
export const alikeFrom = 0.9;

/** 0: nothing in common, 1: the same but for case, spaces and marks. Slots count as what they are: another fact is another word. */
export function likenessOf(one: readonly CopyText[], other: readonly CopyText[]): number {
  const [a, b] = [piecesOf(one), piecesOf(other)];
  if (a.size === 0 || b.size === 0) return 0;
  let shared = 0;
  for (const piece of a) if (b.has(piece)) shared++;
  return shared / (a.size + b.size - shared);
}

function piecesOf(texts: readonly CopyText[]): Set<string> {
  const plain = texts
    .map(({ text }) => fold(text).text.toLowerCase())
    .join("\n")
    .replace(/[^\p{L}\p{N}{}:_]+/gu, " ");
  const size = pieceOf(plain);
  const pieces = new Set<string>();
  for (let at = 0; at + size <= plain.length; at++) pieces.add(plain.slice(at, at + size));
  return pieces;
}

export type Alike<Of> = { readonly one: Of; readonly other: Of; readonly likeness: number };

/** Every pair that is alike. `areToDiffer`: whether two of them should: the same words in another channel are meant. */
export function nearDuplicates<Of extends { readonly texts: readonly CopyText[] }>(
  all: readonly Of[],
  areToDiffer: (one: Of, other: Of) => boolean,
): Alike<Of>[] {
  return all.flatMap((one, place) =>
    all.slice(place + 1).flatMap((other): Alike<Of>[] => {
      if (!areToDiffer(one, other)) return [];
      const likeness = likenessOf(one.texts, other.texts);
      return likeness >= alikeFrom ? [{ one, other, likeness }] : [];
    }),
  );
}
