/** Links of a message: which number a link of the fact sheet has, and how it is named where its address is not shown. */
import { type FactSheet, labelOf } from "@chorus/core/fact";

/** Link numbers count from 1 in the order of the fact sheet; 0 is the unsubscribe link. null: no such link. */
export function linkNumber(facts: FactSheet, id: string): number | null {
  const index = facts.links.findIndex((link) => link.id === id);
  return index < 0 ? null : index + 1;
}

export function linkLabel(facts: FactSheet, id: string, locale: string): string {
  const link = facts.links.find((each) => each.id === id);
  return link ? labelOf(link, locale) : id;
}

/**
 * Room that measuring keeps for a link, in characters: `https://`, a domain of up to 27, `/c/` and a token of 22.
 * A message's real links do not exist yet when its copy is checked; the preview measures with real ones.
 */
export const linkRoom = 60;
