/** Finds what copy claims outside its slots. Grounding by construction: a figure, an address or an offer is a fact or it is not said. */
import type { BrandVoice } from "@chorus/core/brand-voice";
import type { FactSheet } from "@chorus/core/fact";
import type { Problem } from "@chorus/core/problem";
import { checkSlots, splitSlots } from "@chorus/core/slot";
import { type ClaimCode, claimRules } from "./claims.ts";
import type { CopyText } from "./copy-text.ts";
import { fold, outsideSlots } from "./fold.ts";
import { type Unsupported, withoutTrueClaims } from "./true-claims.ts";

type Grounds = {
  readonly facts: FactSheet;
  readonly voice: Pick<BrandVoice, "brand">;
  /** A model places slots and writes no figure; a person may write out what a fact says. */
  readonly by: "model" | "person";
};
type Span = { readonly from: number; readonly to: number };

/** `got` is the exact words; the brand's own name may hold what it likes. */
export const grounding = (texts: readonly CopyText[], on: Grounds): Problem[] =>
  texts.flatMap(({ path, text }) => [...slotsOf(text, path, on.facts), ...claimsOf(text, path, on)]);

function slotsOf(text: string, path: string, facts: FactSheet): Problem[] {
  const { parts, problems } = splitSlots(text, path);
  return [...problems, ...checkSlots(parts, facts, path)];
}

function claimsOf(text: string, path: string, on: Grounds): Problem[] {
  const figures = new Set(on.facts.facts.filter((fact) => fact.kind !== "text").map((fact) => fact.id));
  const outside = outsideSlots(text, { figures, names: [on.voice.brand] });
  const { rest, offers, unsupported, beside } =
    on.by === "person"
      ? withoutTrueClaims(outside, on.facts, on.voice.brand)
      : { rest: outside, offers: outside, unsupported: [], beside: [] };
  const folded = fold(rest);
  const foldedOffers = fold(offers);
  const said = on.facts.facts.flatMap((fact) => (fact.kind === "text" ? [fold(fact.value).text.toLowerCase()] : []));
  const taken: Span[] = [];
  const byRules = claimRules.flatMap(({ code, patterns, message }) => {
    const seen = code === "claim.offer" ? foldedOffers : folded;
    return patterns
      .flatMap((pattern) => spansOf(pattern, seen.text))
      .filter(({ from, to }) => on.by === "model" || !isSaid(seen.text.slice(from, to), said))
      .sort((a, b) => a.from - b.from || b.to - a.to)
      .map(({ from, to }) => seen.place(from, to))
      .filter(([from, to]) => take(taken, { from, to }))
      .map((place): Placed => ({ code, message, place }));
  });
  const more = unsupported
    .filter(({ from, to }) => !byRules.some(({ place }) => from < place[1] && place[0] < to))
    .map(({ from, to, is }): Placed => ({ code: codeOf[is], message: messageOf(codeOf[is]), place: [from, to] }));
  return [...byRules, ...more].map((found): Problem => {
    const { code, place } = found;
    const got = text.slice(...place);
    const isBeside =
      code === "claim.number" && !scarcity.test(got) && beside.some(({ from, to }) => from < place[1] && place[0] < to);
    const said = isBeside ? ({ message: besideMessage, severity: "warning" } as const) : { message: found.message };
    return { path, code, ...said, got };
  });
}

const scarcity = /^(?:only|just)\b|[仅只]剩|仅余/i;
const besideMessage =
  "No fact speaks of this amount. If it says something of what you offer, add it to the fact sheet; if it does not, leave it.";

/** A fact's own words; one or two of them may be anybody's. */
const isSaid = (words: string, said: readonly string[]): boolean =>
  (words.split(/\s+/).length >= 3 || /^\p{Script=Han}{4,}$/u.test(words)) &&
  said.some((fact) => fact.includes(words.toLowerCase()));

type Placed = { readonly code: ClaimCode; readonly message: string; readonly place: readonly [number, number] };
const codeOf: Readonly<Record<Unsupported["is"], ClaimCode>> = {
  ...{
    money: "claim.price",
    percent: "claim.percent",
    date: "claim.date",
    number: "claim.number",
    code: "claim.code",
    weekday: "claim.date",
    time: "claim.date",
  },
};
const messageOf = (code: ClaimCode): string => claimRules.find((rule) => rule.code === code)?.message ?? "";

/** A claim ends before the space that follows it. */
const spansOf = (pattern: RegExp, text: string): Span[] =>
  [...text.matchAll(pattern)].map((found) => ({ from: found.index, to: found.index + found[0].trimEnd().length }));

function take(taken: Span[], span: Span): boolean {
  if (taken.some((other) => span.from < other.to && other.from < span.to)) return false;
  taken.push(span);
  return true;
}
