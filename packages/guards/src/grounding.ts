/** Finds what copy claims outside its slots. Grounding by construction: a figure, an address or an offer is a fact or it is not said. */
import type { BrandVoice } from "@chorus/core/brand-voice";
import type { FactSheet } from "@chorus/core/fact";
import type { Problem } from "@chorus/core/problem";
import { checkSlots, splitSlots } from "@chorus/core/slot";
import { claimRules } from "./claims.ts";
import type { CopyText } from "./copy-text.ts";
import { fold, outsideSlots } from "./fold.ts";

type Grounds = { readonly facts: FactSheet; readonly voice: Pick<BrandVoice, "brand"> };
type Span = { readonly from: number; readonly to: number };

/** Model copy and human copy alike. `got` is the exact words; the brand's own name may hold what it likes. */
export const grounding = (texts: readonly CopyText[], on: Grounds): Problem[] =>
  texts.flatMap(({ path, text }) => [...slotsOf(text, path, on.facts), ...claimsOf(text, path, on)]);

function slotsOf(text: string, path: string, facts: FactSheet): Problem[] {
  const { parts, problems } = splitSlots(text, path);
  return [...problems, ...checkSlots(parts, facts, path)];
}

function claimsOf(text: string, path: string, on: Grounds): Problem[] {
  const figures = new Set(on.facts.facts.filter((fact) => fact.kind !== "text").map((fact) => fact.id));
  const folded = fold(outsideSlots(text, { figures, names: [on.voice.brand] }));
  const taken: Span[] = [];
  return claimRules.flatMap(({ code, patterns, message }) =>
    patterns
      .flatMap((pattern) => spansOf(pattern, folded.text))
      .sort((a, b) => a.from - b.from || b.to - a.to)
      .filter((span) => take(taken, span))
      .map(({ from, to }) => ({ path, code, message, got: text.slice(...folded.place(from, to)) })),
  );
}

/** A claim ends before the space that follows it. */
const spansOf = (pattern: RegExp, text: string): Span[] =>
  [...text.matchAll(pattern)].map((found) => ({ from: found.index, to: found.index + found[0].trimEnd().length }));

function take(taken: Span[], span: Span): boolean {
  if (taken.some((other) => span.from < other.to && other.from < span.to)) return false;
  taken.push(span);
  return true;
}
