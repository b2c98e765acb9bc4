/** The words of a post in a Slack channel, and what is wrong with them. */
import type { CheckWithin, Limit } from "@chorus/core/channel";
import type { Problem } from "@chorus/core/problem";
import { z } from "zod";
import { linkId, words } from "../content.ts";
import { lengthProblems, limitsOf } from "../measures.ts";
import { picksProblems } from "../picks.ts";
import { linkProblems, slotProblems, usualCase } from "../pieces.ts";
import { escapeSlack } from "./mrkdwn.ts";

export const slackContent = z.strictObject({
  headline: words({ max: 150, role: "headline", about: "one line that says what it is about" }),
  text: words({
    max: 2000,
    role: "paragraph",
    about: "one paragraph, *bold* and _italic_ allowed; may hold a link",
    lines: true,
  }),
  button: z.strictObject({
    label: words({ max: 75, role: "button", about: "two to four words that say what happens next" }),
    link: linkId("which link of the fact sheet the button opens"),
  }),
});
/** A notice needs no call to action. */
export const singleSlack = slackContent.partial({ button: true });
export type SlackContent = z.infer<typeof singleSlack>;

const blockKit = { source: "docs.slack.dev/reference/block-kit", checkedOn: "2026-11-22" };
export const slackLimits: readonly Limit[] = [
  { field: "headline", max: 150, aim: 80, counted: "utf16", ...blockKit },
  { field: "text", max: 3000, aim: 700, counted: "utf16", ...blockKit },
  { field: "button.label", max: 75, aim: 30, counted: "utf16", ...blockKit },
  {
    field: "message",
    max: 13_200,
    counted: "utf16",
    source: "undocumented; slackapi/bolt-js#2509 met msg_blocks_too_long at about this size",
    checkedOn: "2026-11-22",
  },
];

const fieldsOf = (content: SlackContent) => [
  { path: "headline", text: content.headline, links: false },
  { path: "text", text: content.text, links: true },
  ...(content.button ? [{ path: "button.label", text: content.button.label, links: false }] : []),
];

/** A post has no one contact, so a contact's slot shows its default; what is escaped counts as it is sent. */
export function checkSlack(content: SlackContent, within: CheckWithin): Problem[] {
  const fields = fieldsOf(content).map((each) => ({ ...each, shown: escapeSlack(usualCase(each.text, within)) }));
  const whole = fields.map((each) => each.shown).join("");
  const problems = (field: string, shown: string, path: string) =>
    limitsOf(slackLimits, field).flatMap((limit) => lengthProblems(limit, { longest: shown, usual: shown }, path));
  return [
    ...picksProblems(
      fields.map((each) => ({ ...each, picks: false })),
      within,
    ),
    ...fields.flatMap(({ path, text, links }) => slotProblems(text, path, { facts: within.facts, links })),
    ...(content.button ? linkProblems(content.button.link, "button.link", within.facts) : []),
    ...fields.flatMap(({ path, shown }) => problems(path, shown, path)),
    ...problems("message", whole, ""),
  ];
}
