/** Makes slots of the figures that a person wrote out in a brief, so that no writer has to copy a figure. */
import { type FactSheet, showFact } from "@chorus/core/fact";

/** Where a campaign fact's value is written out, its slot is put: "25% off" becomes "{{fact:offer}} off". */
export function placeFacts(text: string, facts: FactSheet, locale: string): string {
  const values = facts.facts
    .filter((fact) => !/^product_\d+(?:_|$)/.test(fact.id))
    .map((fact) => ({ shown: showFact(fact, locale), slot: `{{fact:${fact.id}}}` }))
    .filter(({ shown }) => shown.length > 1)
    .sort((a, b) => b.shown.length - a.shown.length);
  return values.reduce((rest, value) => placeOne(rest, value), text);
}

/** Not inside a slot, and not inside a longer number or word: 5% is no part of 25%. */
function placeOne(text: string, value: { shown: string; slot: string }): string {
  const exact = value.shown.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  const pattern = new RegExp(`(?<![\\p{N}.,]|[a-z])${exact}(?![\\p{N}a-z])(?![^{]*\\}\\})`, "giu");
  return text.replace(pattern, () => value.slot);
}
