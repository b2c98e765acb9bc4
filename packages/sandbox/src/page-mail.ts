/** Mail as a mail client shows it: the list, then the message with its text part, headers and source one click away. */
import { escapeHtml, type Html, html } from "./html.ts";
import type { Arrival, Thread } from "./inbox.ts";
import { type InboxQuery, inboxUrl, type MailPart, mailParts } from "./inbox-query.ts";
import type { ReadMail } from "./mail.ts";
import { avatar, identity, stateOf, timeline, when } from "./page-parts.ts";

type Showing = { query: InboxQuery; thread: Thread; chosen: Arrival; mail: ReadMail | null };

export const mailView = (showing: Showing): Html => html`<section class="mail" aria-label="Mail">
  ${showing.thread.arrivals.length > 1 && mailList(showing)}
  ${message(showing)}
</section>`;

const mailList = ({ query, thread, chosen }: Showing): Html =>
  html`<ul class="mails">${thread.arrivals.toReversed().map(
    (
      each,
    ) => html`<li><a href="${inboxUrl(query, { message: each.number, part: "message" })}"${each === chosen && html` aria-current="true"`}>
    <b>${titleOf(each)}</b> <span class="${stateOf(each).tone}">${stateOf(each).text}</span> ${when(each.at)}
  </a></li>`,
  )}</ul>`;

const titleOf = (mail: Arrival): string => mail.title || (mail.body ? "(no subject)" : "A mail that was turned away");

function message({ query, chosen, mail }: Showing): Html {
  const from = chosen.from.replace(/\s*<[^>]*>/, "").replace(/^"|"$/g, "") || chosen.from;
  const fromAddress = /<([^>]*)>/.exec(chosen.from)?.[1];
  const to = chosen.name ? `${chosen.name} <${chosen.address}>` : chosen.address;
  return html`<article class="letter">
    <header>
      <h2>${titleOf(chosen)}</h2>
      <div class="parties">${avatar(from)}<p><b>${from}</b> ${fromAddress && html`<span class="muted">&lt;${fromAddress}&gt;</span>`}<br><span class="muted">to ${to}</span></p>${when(chosen.at, "second")}</div>
      ${mail && html`<div class="tabs" role="group" aria-label="Parts of the message">${mailParts.map((part) => tab({ query, chosen, part }))}</div>`}
    </header>
    ${mail ? partOf(mail, query.part, chosen) : missing(chosen)}
    ${mail && mail.attachments.length > 0 && attachments(mail)}
    <footer>${identity(chosen)}${timeline(chosen.steps)}</footer>
  </article>`;
}

const partNames: Readonly<Record<MailPart, string>> = {
  message: "Message",
  text: "Plain text",
  headers: "Headers",
  source: "Source",
};

const tab = ({ query, chosen, part }: { query: InboxQuery; chosen: Arrival; part: MailPart }): Html =>
  html`<a href="${inboxUrl(query, { message: chosen.number, part })}"${query.part === part && html` aria-current="true"`}>${partNames[part]}</a>`;

/** More than this of a source is not for reading on a page. */
const sourceShown = 200_000;

function partOf(mail: ReadMail, part: MailPart, chosen: Arrival): Html {
  switch (part) {
    case "message":
      return mail.html === null ? textPart(mail) : frame(mail.html, chosen.title);
    case "text":
      return textPart(mail);
    case "headers":
      return html`<table class="headers"><tbody>${mail.headers.map(({ name, value }) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>`;
    case "source": {
      const raw = chosen.body?.is === "mail" ? chosen.body.raw : Buffer.alloc(0);
      return html`<p class="aside"><a href="/messages/${chosen.number}/source">Whole source as a file</a>, ${raw.length} bytes</p><pre>${raw.subarray(0, sourceShown).toString("utf8")}</pre>`;
    }
  }
}

const textPart = (mail: ReadMail): Html =>
  mail.text === null
    ? html`<p class="empty">This mail has no text part.</p>`
    : html`<pre class="wrapped">${mail.text}</pre>`;

/** The mail's own HTML lives in a frame without scripts, forms or this page's origin; its links open elsewhere. */
const frame = (body: string, title: string): Html => ({
  html: `<iframe title="${escapeHtml(`Mail: ${title}`)}" sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer" srcdoc="${escapeHtml(
    `<base target="_blank"><style>:root{color-scheme:light}body{background:#fff}</style>${body}`,
  )}"></iframe>`,
});

const attachments = (mail: ReadMail): Html =>
  html`<ul class="attachments">${mail.attachments.map((each) => html`<li>${each.name} <span class="muted">${each.type}, ${each.bytes} bytes</span></li>`)}</ul>`;

const missing = (chosen: Arrival): Html =>
  chosen.bodyDropped
    ? html`<p class="empty">The body of this mail is no longer kept: newer ones needed the room.</p>`
    : html`<p class="empty">The mail server did not take this mail, so there is nothing of it to show.</p>`;
