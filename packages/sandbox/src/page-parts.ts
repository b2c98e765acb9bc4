/** Small things every part of the inbox page shows: signs, times, names, states. */

import { type Html, html } from "./html.ts";
import type { Arrival, Step } from "./inbox.ts";
import { media } from "./media.ts";
import type { WireChannel } from "./wire-log.ts";

const mediumOf = (channel: WireChannel) => media.find((medium) => medium.channel === channel);

export const channelName = (channel: WireChannel): string => mediumOf(channel)?.name ?? channel;

/** A sign with its name for who cannot see it. */
export const channelSign = (channel: WireChannel): Html =>
  html`<svg class="sign ${channel}" viewBox="0 0 24 24" role="img" aria-label="${channelName(channel)}">${mediumOf(channel)?.drawing}</svg>`;

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const shortClock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });

/** The time of today, or the day. */
export function when(at: string, precision: "minute" | "second" = "minute"): Html {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const time = (precision === "second" ? clock : shortClock).format(date);
  const text = isToday ? time : precision === "second" ? `${day.format(date)}, ${time}` : day.format(date);
  return html`<time datetime="${at}" title="${at}">${text}</time>`;
}

/** Two letters for a name or an address, and a colour that stays with it. */
export function avatar(name: string): Html {
  const words = name.replace(/@.*/, "").match(/[\p{L}\p{N}]+/gu) ?? ["?"];
  const letters =
    words.length > 1
      ? `${[...(words[0] ?? "")][0]}${[...(words.at(-1) ?? "")][0]}`
      : [...(words[0] ?? "")].slice(0, 2).join("");
  const tint = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 8, 7);
  return html`<span class="avatar tint-${tint}" aria-hidden="true">${letters.toUpperCase()}</span>`;
}

export const numberText = (value: number): string => value.toLocaleString("en-GB");

type Tone = "good" | "bad" | "wait" | "plain";

function toneOf(step: Pick<Step, "event" | "detail">): Tone {
  if (step.event === "refused" || step.event === "failed" || step.event === "deleted") return "bad";
  if (step.event === "rate_limited") return "wait";
  if (step.event === "callback")
    return /^undelivered|^failed/.test(step.detail) ? "bad" : /^delivered/.test(step.detail) ? "good" : "plain";
  return step.event === "accepted" ? "good" : "plain";
}

const eventNames: Readonly<Record<Step["event"], string>> = {
  accepted: "Accepted",
  refused: "Refused",
  rate_limited: "Asked to wait",
  failed: "Server error",
  callback: "Reported",
  inbound: "Reply from the handset",
  deleted: "Deleted",
};

/** What became of a message, in a word. */
export function stateOf(arrival: Arrival): { readonly text: string; readonly tone: Tone } {
  const last = arrival.steps.at(-1) ?? { event: "accepted" as const, detail: "" };
  const tone = toneOf(last);
  if (last.event !== "callback") return { text: eventNames[last.event], tone };
  const status = last.detail.split(/[ ,]/)[0] ?? "";
  return { text: status.charAt(0).toUpperCase() + status.slice(1), tone };
}

/** Everything that happened to a message, as a list in the order of time. */
export const timeline = (steps: readonly Step[]): Html =>
  html`<ol class="timeline">${steps.map(
    (step) =>
      html`<li class="${toneOf(step)}"><b>${eventNames[step.event]}</b> ${step.detail} ${when(step.at, "second")}</li>`,
  )}</ol>`;

/** The ids that tie a message to the ledger and to the provider. */
export const identity = (arrival: Arrival): Html => html`<dl class="identity">
  <div><dt>Message</dt><dd>${arrival.messageId ?? (arrival.body ? "not one of ours" : "not known")}</dd></div>
  ${arrival.providerMessageId && html`<div><dt>Provider’s id</dt><dd>${arrival.providerMessageId}</dd></div>`}
</dl>`;
