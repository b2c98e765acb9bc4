/** A post as Slack shows it: a header, the paragraph, a button, and whose it is. */
import type { CompileFor, Preview, Render } from "@chorus/core/channel";
import type { Recipient } from "@chorus/core/contact";
import { linkNumber } from "../links.ts";
import { limitsOf, measure } from "../measures.ts";
import { cutAtSlots, type Filling, fill, plain } from "../pieces.ts";
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
  const label = cutAtSlots(content.button.label, within, plain);
  const text = cutAtSlots(content.text, within, { words: escapeSlack, value: escapeValue, link: slackLink });
  const number = linkNumber(within.facts, content.button.link);
  if (number === null) throw new Error(`The fact sheet has no link "${content.button.link}"; check() refuses it.`);
  return (to, message) => {
    const filling: Filling = { to, links: within.links(message.id) };
    const title = fill(headline, filling);
    const url = filling.links.link(number);
    return {
      body: {
        channel: to.address,
        text: escapeSlack(`${title}: ${url}`),
        blocks: [
          { type: "header", text: plainText(title) },
          // verbatim: Slack makes no links, channels or people out of the words by itself
          { type: "section", text: { type: "mrkdwn", text: fill(text, filling), verbatim: true } },
          {
            type: "actions",
            elements: [{ type: "button", text: plainText(fill(label, filling)), url, style: "primary" }],
          },
          { type: "context", elements: [plainText(within.voice.brand)] },
        ],
      },
    };
  };
}

export function previewSlack(content: SlackContent, within: CompileFor, to: Recipient): Preview {
  const filling: Filling = { to, links: within.links("msg_preview") };
  const write = (text: string) => fill(cutAtSlots(text, within, plain), filling);
  const number = linkNumber(within.facts, content.button.link) ?? 0;
  const texts = {
    headline: write(content.headline),
    text: write(content.text),
    "button.label": write(content.button.label),
  };
  const whole = Object.values(texts).join("");
  return {
    title: texts.headline,
    text: `${texts.text}\n\n${texts["button.label"]}: ${filling.links.link(number)}\n${within.voice.brand}`,
    measures: Object.entries({ ...texts, message: whole }).flatMap(([field, text]) =>
      limitsOf(slackLimits, field).map((limit) => measure(limit, escapeSlack(text))),
    ),
  };
}
