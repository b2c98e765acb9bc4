/** From content to mail: the words into the layout once per variant, the slots' values into the bytes once per message. */
import { domainToASCII } from "node:url";
import type { CompileFor, Filling, Preview, Render } from "@chorus/core/channel";
import { linkNumber } from "../links.ts";
import { limitsOf, measure } from "../measures.ts";
import { cutAtSlots, fill, type Piece, plain, type Writing } from "../pieces.ts";
import { type EmailContent, emailLimits } from "./content.ts";
import { footerWords } from "./footer.ts";
import { layOut } from "./layout.ts";
import { compileMime } from "./mime.ts";
import { type PicksForm, picksLines, picksPiece, picksTable } from "./picks-block.ts";

/** One mail to one recipient: what the envelope says, and everything up to the final dot, which is ASCII only. */
export type EmailBody = {
  readonly from: string;
  readonly to: string;
  readonly mime: string;
};

export function compileEmail(content: EmailContent, within: CompileFor): Render<EmailBody> {
  const { sender, campaign } = within;
  const at = sender.email.lastIndexOf("@") + 1;
  const domain = domainToASCII(sender.email.slice(at));
  const from = `${sender.email.slice(0, at)}${domain}`;
  const mime = compileMime({
    sender,
    feedbackId: `${campaign.id}:${campaign.workspaceId}:${within.class}:chorus`,
    subject: cutAtSlots(content.subject, within, plain),
    text: textPart(content, within),
    html: htmlPart(content, within),
    domain,
    optOut: within.class === "marketing",
  });
  return (filling, message) => ({ body: { from, to: filling.to.address, mime: mime(filling, message) } });
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (letter) => escapes[letter] ?? letter);

const inHtml: Writing = {
  words: escapeHtml,
  value: escapeHtml,
  link: (url, label) => `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`,
};

function htmlPart(content: EmailContent, within: CompileFor): Piece[] {
  const cut = (text: string) => cutAtSlots(text, within, inHtml);
  const headline = cut(content.headline);
  return layOut({
    lang: [escapeHtml(within.locale)],
    title: headline,
    preheader: cut(content.preheader ?? ""),
    brand: [escapeHtml(within.voice.brand)],
    headline,
    paragraphs: content.paragraphs.flatMap((text) => {
      const picks = picksPiece(text, within, { writing: inHtml, write: picksInHtml });
      return picks ? [picks] : ["<p>", ...cut(text), "</p>"];
    }),
    ...(content.button && {
      button_url: [buttonUrl(content.button.link, within, escapeHtml)],
      button_label: cut(content.button.label),
    }),
    footer: htmlFooter(within),
  });
}

const picksInHtml: PicksForm["write"] = (intro, shown) => {
  const escaped = shown.map(({ name, price, url }) => ({
    name: escapeHtml(name),
    price: escapeHtml(price),
    url: escapeHtml(url),
  }));
  return `${intro && `<p>${intro}</p>`}${picksTable(escaped)}`;
};

function htmlFooter(within: CompileFor): Piece[] {
  const { why, whySingle, unsubscribe } = footerWords(within.locale);
  const from = escapeHtml(`${within.sender.name} · ${within.sender.postalAddress}`);
  if (within.class !== "marketing") return [`${escapeHtml(whySingle(within.voice.brand))}<br>${from}`];
  return [
    `${escapeHtml(why(within.voice.brand))}<br>`,
    ({ links }) => `<a href="${escapeHtml(links.unsubscribe)}">`,
    `${escapeHtml(unsubscribe)}</a><br>${from}`,
  ];
}

function textPart(content: EmailContent, within: CompileFor): Piece[] {
  const cut = (text: string) => cutAtSlots(text, within, plain);
  const blank = "\n\n";
  const { button } = content;
  return [
    ...cut(content.headline),
    ...content.paragraphs.flatMap((text) => {
      const picks = picksPiece(text, within, { writing: plain, write: picksInText });
      return picks ? [picks] : [blank, ...cut(text)];
    }),
    ...(button ? [blank, ...cut(button.label), ":\n", buttonUrl(button.link, within, (url) => url)] : []),
    `${blank}-- \n${within.voice.brand}\n`,
    ...textFooter(within),
    `\n${within.sender.name} · ${within.sender.postalAddress}\n`,
  ];
}

const picksInText: PicksForm["write"] = (intro, shown) => `\n\n${intro && `${intro}\n`}${picksLines(shown)}`;

function textFooter({ locale, voice, class: messageClass }: CompileFor): Piece[] {
  const { why, whySingle, unsubscribe } = footerWords(locale);
  return messageClass === "marketing"
    ? [`${why(voice.brand)}\n${unsubscribe}: `, ({ links }) => links.unsubscribe]
    : [whySingle(voice.brand)];
}

function buttonUrl(link: string, { facts }: CompileFor, write: (url: string) => string): Piece {
  const number = linkNumber(facts, link);
  if (number === null) throw new Error(`The fact sheet has no link "${link}"; check() refuses it.`);
  return ({ links }) => write(links.link(number));
}

export function previewEmail(content: EmailContent, within: CompileFor, filling: Filling): Preview {
  const write = (text: string) => fill(cutAtSlots(text, within, plain), filling);
  const html = fill(htmlPart(content, within), filling);
  const texts: Readonly<Record<string, string>> = {
    subject: write(content.subject),
    preheader: write(content.preheader ?? ""),
    headline: write(content.headline),
    ...(content.button && { "button.label": write(content.button.label) }),
    html,
  };
  return {
    title: write(content.subject),
    text: fill(textPart(content, within), filling),
    html,
    measures: Object.entries(texts).flatMap(([field, text]) =>
      limitsOf(emailLimits, field).map((limit) => measure(limit, text)),
    ),
  };
}
