/** The words of an e-mail, and what is wrong with them. */
import type { CheckWithin, Limit } from "@chorus/core/channel";
import type { Problem } from "@chorus/core/problem";
import { z } from "zod";
import { linkId, words } from "../content.ts";
import { lengthProblems, limitsOf } from "../measures.ts";
import { introOf, picksProblems } from "../picks.ts";
import { linkProblems, slotProblems, usualCase, worstCase } from "../pieces.ts";
import { layoutBytes } from "./layout.ts";
import { longestPicks, usualPicks } from "./picks-block.ts";

const paragraph = words({ max: 1200, role: "paragraph", about: "one thought in a few sentences; may hold a link" });

export const emailContent = z.strictObject({
  subject: words({ max: 255, role: "subject", about: "what is in it for the reader, best within 60 characters" }),
  preheader: words({
    max: 200,
    role: "preheader",
    about: "goes on where the subject ends; shown beside it in the inbox",
  }),
  headline: words({ max: 120, role: "headline", about: "the first line inside the mail" }),
  paragraphs: z.array(paragraph).min(1).max(4),
  button: z.strictObject({
    label: words({ max: 40, role: "button", about: "two to four words that say what happens next" }),
    link: linkId("which link of the fact sheet the button opens"),
  }),
});
/** Without a call to action, and with room for a receipt's lines. */
export const singleEmail = emailContent
  .partial({ preheader: true, button: true })
  .extend({ paragraphs: z.array(paragraph).min(1).max(40) });
export type EmailContent = z.infer<typeof singleEmail>;

const ours = { source: "our own measure for mails that are read on a phone", checkedOn: "2026-11-22" };

export const emailLimits: readonly Limit[] = [
  {
    field: "subject",
    max: 255,
    aim: 60,
    counted: "utf16",
    source: "shown in full by most inboxes up to 60; Outlook cuts at 255",
    checkedOn: "2026-11-22",
  },
  { field: "preheader", max: 200, aim: 100, counted: "utf16", ...ours },
  { field: "headline", max: 220, aim: 120, counted: "utf16", ...ours },
  { field: "paragraphs", max: 2400, aim: 1200, counted: "utf16", ...ours },
  { field: "button.label", max: 140, aim: 40, counted: "utf16", ...ours },
  {
    field: "html",
    max: 1_000_000,
    aim: 102_400,
    counted: "bytes",
    source: "Gmail clips a mail's HTML after 102 KB, and with it the unsubscribe link",
    checkedOn: "2026-11-22",
  },
];

type Field = {
  readonly path: string;
  readonly field: string;
  readonly text: string;
  readonly links: boolean;
  readonly picks: boolean;
};

/** Every text of the content, where it stands, and whether a link or picks can be shown there. */
const fieldsOf = (content: EmailContent): Field[] => [
  { path: "subject", field: "subject", text: content.subject, links: false, picks: false },
  { path: "preheader", field: "preheader", text: content.preheader ?? "", links: false, picks: false },
  { path: "headline", field: "headline", text: content.headline, links: false, picks: false },
  ...content.paragraphs.map((text, index) => ({
    path: `paragraphs.${index}`,
    field: "paragraphs",
    text,
    links: true,
    picks: true,
  })),
  ...(content.button
    ? [{ path: "button.label", field: "button.label", text: content.button.label, links: false, picks: false }]
    : []),
];

export function checkEmail(content: EmailContent, within: CheckWithin): Problem[] {
  const fields = fieldsOf(content).map((each) => ({
    ...each,
    longest: worstCase(each.text, within),
    usual: usualCase(each.text, within),
  }));
  const html = " ".repeat(layoutBytes);
  const hasPicks = fields.some(({ text }) => introOf(text) !== null);
  const longest = [html, hasPicks ? longestPicks : "", ...fields.map((each) => each.longest)].join("");
  const usual = [html, hasPicks ? usualPicks : "", ...fields.map((each) => each.usual)].join("");
  return [
    ...fields.flatMap(({ path, text, links }) => slotProblems(text, path, { facts: within.facts, links })),
    ...picksProblems(fields, within),
    ...(content.button ? linkProblems(content.button.link, "button.link", within.facts) : []),
    ...fields.flatMap((each) =>
      limitsOf(emailLimits, each.field).flatMap((limit) => lengthProblems(limit, each, each.path)),
    ),
    ...limitsOf(emailLimits, "html").flatMap((limit) => lengthProblems(limit, { longest, usual }, "")),
  ];
}
