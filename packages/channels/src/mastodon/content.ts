/** The words of a post on Mastodon, and what is wrong with them. */
import type { CheckWithin, Limit } from "@chorus/core/channel";
import type { Problem } from "@chorus/core/problem";
import { z } from "zod";
import { words } from "../content.ts";
import { lengthProblems } from "../measures.ts";
import { slotProblems, usualCase } from "../pieces.ts";
import { usualInstance } from "./length.ts";

export const mastodonContent = z.strictObject({
  text: words({
    max: 2000,
    role: "short_message",
    about: "the whole post in one to four sentences, with one {{link:id}}",
    lines: true,
  }),
});
export type MastodonContent = z.infer<typeof mastodonContent>;

/** What every instance takes that was not set up otherwise; what the account's own takes is asked before a post leaves. */
export const mastodonLimit: Limit = {
  field: "text",
  max: usualInstance.characters,
  aim: 400,
  counted: "graphemes",
  source: "docs.joinmastodon.org/entities/Instance, configuration.statuses.max_characters as it is without a change",
  checkedOn: "2026-11-28",
};

/** A post has no one contact, so a contact's slot shows its default. */
export function checkMastodon({ text }: MastodonContent, { facts, locale }: CheckWithin): Problem[] {
  const shown = usualCase(text, { facts, locale }, () => "x".repeat(usualInstance.perLink));
  return [
    ...slotProblems(text, "text", { facts, links: true }),
    ...lengthProblems(mastodonLimit, { longest: shown, usual: shown }, "text"),
  ];
}
