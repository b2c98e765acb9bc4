/** A post as Slack shows it: a header, the paragraph, a button, and whose it is. */
import type { CompileFor, Filling, Preview, Render } from "@chorus/core/channel";
import { linkNumber } from "../links.ts";
import { limitsOf, measure } from "../measures.ts";
import { cutAtSlots, fill, plain } from "../pieces.ts";
import { type SlackContent, slackLimits } from "./content.ts";
import { escapeSlack, escapeValue, slackLink } from "./mrkdwn.ts";

type PlainText = { readonly type: "plain_text"; readonly text: string; readonly emoji: boolean };
type Mrkdwn = { readonly type: "mrkdwn"; readonly text: string; readonly verbatim: true };
export type Block =
  | { type: "header"; text: PlainText }
  | { type: "section"; text: Mrkdwn }
  | { type: "actions"; elements: { type: "button"; text: PlainText; url: string; style: "primary" }[] }
  | { type: "context"; elements: PlainText[] };

export type SlackBody = {
  /** A channel's id, or `#name`. */
  readonly channel: string;
  /** For notifications and screen readers. */
  readonly text: string;
  readonly blocks: Block[];
};

const plainText = (text: string): PlainText => ({ type: "plain_text", text, emoji: true });

export function compileSlack(content: SlackContent, within: CompileFor): Render<SlackBody> {
  const headline = cutAtSlots(content.headline, within, plain);
  const text = cutAtSlots(content.text, within, { words: escapeSlack, value: escapeValue, link: slackLink });
  const button = content.button && compileButton(content.button, within);
  return (filling) => {
    const title = fill(headline, filling);
    const actions = button?.(filling);
    return {
      body: {
        channel: filling.to.address,
        text: escapeSlack(actions ? `${title}: ${actions.url}` : title),
        blocks: [
          { type: "header", text: plainText(title) },
          // verbatim: Slack makes no links, channels or people out of the words by itself
          { type: "section", text: { type: "mrkdwn", text: fill(text, filling), verbatim: true } },
          ...(actions ? [actions.block] : []),
          { type: "context", elements: [plainText(within.voice.brand)] },
        ],
      },
    };
  };
}

function compileButton(button: NonNullable<SlackContent["button"]>, within: CompileFor) {
  const label = cutAtSlots(button.label, within, plain);
  const number = linkNumber(within.facts, button.link);
  if (number === null) throw new Error(`The fact sheet has no link "${button.link}"; check() refuses it.`);
  return (filling: Filling): { url: string; block: Block } => {
    const url = filling.links.link(number);
    const text = plainText(fill(label, filling));
    return { url, block: { type: "actions", elements: [{ type: "button", text, url, style: "primary" }] } };
  };
}

export function previewSlack(content: SlackContent, within: CompileFor, filling: Filling): Preview {
  const write = (text: string) => fill(cutAtSlots(text, within, plain), filling);
  const { button } = content;
  const texts = {
    headline: write(content.headline),
    text: write(content.text),
    ...(button && { "button.label": write(button.label) }),
  };
  const call = button
    ? `${texts["button.label"]}: ${filling.links.link(linkNumber(within.facts, button.link) ?? 0)}\n`
    : "";
  const whole = Object.values(texts).join("");
  return {
    title: texts.headline,
    text: `${texts.text}\n\n${call}${within.voice.brand}`,
    measures: Object.entries({ ...texts, message: whole }).flatMap(([field, text]) =>
      limitsOf(slackLimits, field).map((limit) => measure(limit, escapeSlack(text))),
    ),
  };
}
