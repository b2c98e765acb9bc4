/**
 * What one segment is offered and another is not. Different words for different people are the point of segments; another
 * price, reduction or deadline for them is a decision that somebody must have taken (China's Personal Information
 * Protection Law, Art. 24, forbids unreasonable differences in price by automated decision), so each is shown before the
 * approval.
 */
import { type Fact, type FactSheet, factSpeaksOf, showFact } from "@chorus/core/fact";
import type { Id } from "@chorus/core/id";
import type { CopyText } from "./copy-text.ts";
import { agree, figureOf, readFigures } from "./figures.ts";
import { fold } from "./fold.ts";

export type SegmentCopy = {
  /** Null: everyone else. */
  readonly segmentId: Id | null;
  readonly facts: FactSheet;
  readonly texts: readonly CopyText[];
};

export type Difference = {
  /** The fact's id, or the product whose price it is. */
  readonly fact: string;
  readonly about: "price" | "offer" | "deadline";
  /** Each value with the segments whose copy states it. */
  readonly values: readonly { readonly shown: string; readonly segments: readonly (Id | null)[] }[];
  /** Segments whose copy states none of them. */
  readonly without: readonly (Id | null)[];
};

const offerWords = new Set(
  "offer discount off code coupon voucher gift free delivery 优惠 折扣 优惠码 优惠券 赠品 包邮".split(" "),
);

/** Exact: by the slots and figures in the copy. A product that only one segment is shown is a choice of products, and no difference. */
export function offerDifferences(copies: readonly SegmentCopy[]): Difference[] {
  const segments = [...new Set(copies.map(({ segmentId }) => segmentId))];
  const stated = new Map<string, Map<string, Set<Id | null>>>();
  const facts = new Map<string, Fact>();
  for (const copy of copies)
    for (const fact of copy.facts.facts) {
      if (!aboutOf(fact) || !states(copy, fact)) continue;
      const key = keyOf(fact);
      facts.set(key, fact);
      const values = stated.get(key) ?? new Map<string, Set<Id | null>>();
      const shown = showFact(fact, "en");
      values.set(shown, (values.get(shown) ?? new Set()).add(copy.segmentId));
      stated.set(key, values);
    }
  return [...stated].flatMap(([key, byValue]): Difference[] => {
    const fact = facts.get(key);
    const about = fact && aboutOf(fact);
    if (!about) return [];
    const values = [...byValue].map(([shown, of]) => ({ shown, segments: [...of] }));
    const reached = new Set(values.flatMap((value) => value.segments));
    const without = isOfProduct(fact) ? [] : segments.filter((segment) => !reached.has(segment));
    return values.length > 1 || without.length > 0 ? [{ fact: key, about, values, without }] : [];
  });
}

function aboutOf(fact: Fact): Difference["about"] | null {
  if (fact.kind === "money") return "price";
  if (fact.kind === "date") return "deadline";
  if (fact.kind === "percent" || factSpeaksOf(fact, offerWords)) return "offer";
  return null;
}

/** Products stand in another order for each segment; the source says which one it is. */
const isOfProduct = (fact: Fact): boolean => /^product_\d+_/.test(fact.id);
const keyOf = (fact: Fact): string => (isOfProduct(fact) ? fact.source : fact.id);

function states({ texts, facts }: SegmentCopy, fact: Fact): boolean {
  const slot = `{{fact:${fact.id}}}`;
  if (texts.some(({ text }) => text.includes(slot))) return true;
  const figure = figureOf(fact);
  if (!figure) return fact.kind === "text" && texts.some(({ text }) => text.includes(fact.value));
  const isOnlyOne = !facts.facts.some((other) => other !== fact && isSameFigure(other, figure));
  return isOnlyOne && texts.some(({ text }) => readFigures(fold(text).text).some((each) => agree(each, figure)));
}

function isSameFigure(other: Fact, figure: NonNullable<ReturnType<typeof figureOf>>): boolean {
  const own = figureOf(other);
  return own !== null && agree(own, figure);
}
