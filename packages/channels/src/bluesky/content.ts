/** The words of a post on Bluesky, and what is wrong with them. */
import type { CheckWithin, Limit } from "@chorus/core/channel";
import type { Problem } from "@chorus/core/problem";
import { z } from "zod";
import { words } from "../content.ts";
import { linkLabel } from "../links.ts";
import { lengthProblems } from "../measures.ts";
import { slotProblems, usualCase } from "../pieces.ts";

export const blueskyContent = z.strictObject({
  text: words({
    max: 1000,
    role: "short_message",
    about: "the whole post in one to three sentences, with one {{link:id}}",
    lines: true,
  }),
});
export type BlueskyContent = z.infer<typeof blueskyContent>;

const lexicon = { source: "lexicon app.bsky.feed.post, text", checkedOn: "2026-11-28" };
export const blueskyLimits: readonly Limit[] = [
  { field: "text", max: 300, aim: 240, counted: "graphemes", ...lexicon },
  { field: "text", max: 3000, counted: "bytes", ...lexicon },
];

/** A post has no one contact, so a contact's slot shows its default; a link is shown as its label. */
export function checkBluesky({ text }: BlueskyContent, { facts, locale }: CheckWithin): Problem[] {
  const shown = usualCase(text, { facts, locale }, (id) => linkLabel(facts, id, locale));
  const [first] = blueskyLimits.flatMap((limit) => lengthProblems(limit, { longest: shown, usual: shown }, "text"));
  return [...slotProblems(text, "text", { facts, links: true }), ...(first ? [first] : [])];
}
