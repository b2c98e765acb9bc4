/** Found messages, and one message's whole history as a person reads it: from the top down, in the order of time. */
import type { IdSeal } from "@chorus/core/id";
import type { MessageHistory } from "@chorus/db/message-history";
import type { Message } from "@chorus/db/messages";
import { type Owner, ownedFrame } from "./frame.ts";
import { count, type Html, html, moment, words } from "./html.ts";

export const foundPage = (
  owner: Owner,
  seal: IdSeal,
  found: { by: string; messages: readonly Message[]; atMost: number },
): Html =>
  ownedFrame(owner, {
    title: "Messages",
    body: html`<section><h2>Messages for “${owner.search}”</h2>
${
  found.messages.length === 0
    ? html`<p class="empty">Nothing was found. Type a whole e-mail address or phone number, a contact’s id, a message’s id (msg_…) or words of a provider’s answer.</p>`
    : html`<p class="muted">${count(found.messages.length)}${found.messages.length === found.atMost && " and perhaps more"}, found by ${found.by}.</p>
<div class="wide"><table><thead><tr><th scope="col">Message</th><th scope="col">Channel</th><th scope="col">State</th><th scope="col">Why</th><th scope="col" class="figure">Attempts</th><th scope="col">Planned</th></tr></thead>
<tbody>${found.messages.map((message) => foundView(seal, message))}</tbody></table></div>`
}</section>`,
  });

function foundView(seal: IdSeal, message: Message): Html {
  const id = seal.sealMessage({ runId: message.runId, messageId: message.id });
  return html`<tr><th scope="row"><a class="id" href="/ops/messages/${id}">${id}</a></th><td>${message.channel}</td><td>${state(message)}</td>
    <td>${words(message.reason ?? message.hold ?? "–")}</td><td class="figure">${message.attempt}</td><td>${moment(message.createdAt)}</td></tr>`;
}

const state = (message: Message): Html =>
  html`<span class="state ${message.state}">${words(message.state)}</span>${message.delivery !== null && html` <span class="muted">${words(message.delivery)}</span>`}`;

type Step = {
  readonly at: Date;
  readonly what: string;
  readonly detail: string;
  readonly tone: "good" | "bad" | "wait";
};

export function historyPage(owner: Owner, seal: IdSeal, history: MessageHistory): Html {
  const { message } = history;
  const sealed = (kind: "contact" | "segment" | "variant" | "destination", id: string | null) =>
    id === null ? null : seal.seal(kind, id);
  const facts: [string, string | null][] = [
    ["run", seal.seal("run", message.runId)],
    ["contact", sealed("contact", message.contactId)],
    ["destination", sealed("destination", message.destinationId)],
    ["segment", sealed("segment", message.segmentId)],
    ["variant", sealed("variant", message.variantId)],
    ["locale", message.locale],
    ["why", message.reason],
    ["held for", message.hold],
    ["attempts", String(message.attempt)],
    ["provider’s id", message.providerMessageId],
  ];
  return ownedFrame(owner, {
    title: "One message",
    body: html`<section id="message" data-live><h2>${message.channel} <span class="id">${seal.sealMessage({ runId: message.runId, messageId: message.id })}</span></h2>
<p>${state(message)}${history.doubts.some((each) => each.resolution === "resent") && html` <span class="state bad">maybe twice</span>`}</p>
<dl class="facts">${facts.flatMap(([name, value]) => (value === null ? [] : [html`<div><dt>${name}</dt><dd>${words(value)}</dd></div>`]))}</dl>
<ol class="story">${stepsOf(history).map((step) => html`<li class="${step.tone}">${moment(step.at)} <b>${words(step.what)}</b> ${step.detail}</li>`)}</ol></section>`,
  });
}

function stepsOf({ message, due, attempts, events, doubts, clicks }: MessageHistory): Step[] {
  const by = (worker: string | null) => (worker === null ? "" : ` (${worker})`);
  const steps: Step[] = [
    { at: message.createdAt, what: "planned", detail: "A row of the ledger.", tone: "wait" },
    ...(due
      ? [
          {
            at: due.notBefore,
            what: "due",
            detail: `Worth sending until ${due.expiresAt.toISOString()}.`,
            tone: "wait" as const,
          },
        ]
      : []),
    ...attempts.map((each) => ({
      at: each.at,
      what: `attempt ${each.attempt}: ${each.outcome}`,
      detail: `${each.detail}${by(each.worker)}`,
      tone: "bad" as const,
    })),
    ...doubts.map((each) => ({
      at: each.since,
      what: "in doubt",
      detail: `${each.detail}${by(each.worker)}`,
      tone: "bad" as const,
    })),
    ...doubts.flatMap((each) =>
      each.resolvedAt
        ? [{ at: each.resolvedAt, what: "doubt resolved", detail: words(each.resolution ?? ""), tone: "good" as const }]
        : [],
    ),
    ...events.map((each) => ({
      at: each.receivedAt,
      what: `the provider says: ${each.kind}`,
      detail: "",
      tone: "good" as const,
    })),
    ...clicks.map((each) => ({ at: each.at, what: "clicked", detail: `Link ${each.link}.`, tone: "good" as const })),
    ...(message.settledAt
      ? [
          {
            at: message.settledAt,
            what: message.state,
            detail: words(message.reason ?? ""),
            tone: message.state === "accepted" ? ("good" as const) : ("bad" as const),
          },
        ]
      : []),
  ];
  return steps.sort((a, b) => a.at.getTime() - b.at.getTime());
}
