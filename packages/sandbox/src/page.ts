/** The inbox page: what happened in all at the top, people at the left, the chosen person's messages at the right. */
import type { StandingRule } from "./faults.ts";
import { type Html, html, nothing } from "./html.ts";
import type { Arrival, Inbox } from "./inbox.ts";
import { type InboxQuery, inboxUrl } from "./inbox-query.ts";
import type { Conversation, PeoplePage } from "./inbox-view.ts";
import type { ReadMail } from "./mail.ts";
import { channelIds } from "./media.ts";
import { mailView } from "./page-mail.ts";
import { avatar, channelName, channelSign, numberText } from "./page-parts.ts";
import { peoplePane } from "./page-people.ts";
import { phoneView } from "./page-phone.ts";
import { postView } from "./page-post.ts";
import { slackView } from "./page-slack.ts";
import { pageStyle } from "./page-style.ts";
import type { WireCount } from "./wire-count.ts";
import type { WireChannel } from "./wire-log.ts";

export type PageParts = {
  readonly query: InboxQuery;
  readonly people: PeoplePage;
  readonly conversation: Conversation | null;
  /** The chosen message, parsed, when it is a mail that is still kept. */
  readonly mail: ReadMail | null;
  readonly counts: WireCount;
  readonly faults: readonly StandingRule[];
  readonly dropped: ReturnType<Inbox["dropped"]>;
};

const liveEverySeconds = 3;

export function page(parts: PageParts): string {
  const { query, people, conversation } = parts;
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${conversation ? `${conversation.name} · ` : ""}Chorus sandbox inbox</title>
${query.live && html`<meta http-equiv="refresh" content="${liveEverySeconds}">`}
<style>${{ html: pageStyle }}</style>
</head>
<body${query.person !== null && html` class="reading"`}>
<a class="skip" href="#conversation">Skip to the messages</a>
${overview(parts)}
${peoplePane({ query, people, open: conversation?.key ?? null })}
<main id="conversation">${conversation ? conversationView(parts, conversation) : welcome(query)}</main>
</body>
</html>
`;
  return body.html;
}

const overview = ({ query, counts, faults, dropped }: PageParts): Html => html`<header class="overview">
  <h1><a href="/">Chorus <span>sandbox inbox</span></a></h1>
  <dl class="tallies">
    ${channelIds.map((channel) => tally(channel, counts))}
  </dl>
  ${faultList(faults)}
  ${dropped.messages + dropped.bodies > 0 && html`<p class="kept" title="The wire log keeps every line.">Older messages dropped here: ${numberText(dropped.messages)} whole, ${numberText(dropped.bodies)} bodies</p>`}
  <a class="live" href="${inboxUrl(query, { live: !query.live })}" aria-pressed="${query.live ? "true" : "false"}" role="button">${query.live ? "Live" : "Go live"}</a>
</header>`;

function tally(channel: WireChannel, counts: WireCount): Html {
  const of = counts.channels[channel];
  if (!of) return nothing;
  const others = [
    of.refused > 0 && `${numberText(of.refused)} refused`,
    of.rate_limited > 0 && `${numberText(of.rate_limited)} told to wait`,
    of.failed > 0 && `${numberText(of.failed)} failed`,
    of.inbound > 0 && `${numberText(of.inbound)} ${of.inbound === 1 ? "reply" : "replies"}`,
  ].filter(Boolean);
  return html`<div class="tally"><dt>${channelSign(channel)} ${channelName(channel)}</dt><dd><b>${numberText(of.accepted)}</b> accepted${others.length > 0 && html`<small>${others.join(", ")}</small>`}</dd></div>`;
}

function faultList(faults: readonly StandingRule[]): Html {
  const played = faults.reduce((sum, rule) => sum + rule.played, 0);
  if (faults.length === 0) return html`<p class="faults">No faults set</p>`;
  return html`<details class="faults"><summary><b>${numberText(played)}</b> ${played === 1 ? "fault" : "faults"} played</summary>
    <table><thead><tr><th scope="col">Where</th><th scope="col">What</th><th scope="col">For</th><th scope="col">Played</th></tr></thead>
    <tbody>${faults.map((rule) => html`<tr><td>${rule.provider}</td><td>${faultText(rule)}</td><td>${matchText(rule)}</td><td>${numberText(rule.played)}</td></tr>`)}</tbody></table>
  </details>`;
}

function faultText({ fault }: StandingRule): string {
  const { is, ...rest } = fault;
  const details = Object.entries(rest).map(([name, value]) => `${spaced(name)} ${String(value)}`);
  return [spaced(is), ...details].join(", ");
}

/** "retryAfterSeconds" and "hard_bounce" as words. */
const spaced = (name: string): string =>
  name.replaceAll("_", " ").replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function matchText({ match }: StandingRule): string {
  const share = match.share === undefined ? null : `${Math.round(match.share * 1000) / 10} %`;
  return [match.to, match.segment && `segment ${match.segment}`, share].filter(Boolean).join(", ") || "everybody";
}

function conversationView(parts: PageParts, { name, threads, chosen, key }: Conversation): Html {
  const query = { ...parts.query, person: key };
  return html`<header class="person">
    <a class="back" href="${inboxUrl(query, { person: null, message: null })}">All people</a>
    ${avatar(name)}
    <div><h2>${name}</h2><p class="muted">${threads
      .map((each) => each.address)
      .filter((each) => each !== name)
      .join(" · ")}</p></div>
    ${threads.length > 1 && html`<div class="tabs" role="group" aria-label="Channels">${threads.map((each) => channelTab(query, each.arrivals.at(-1), each.channel === chosen.channel && each.address === chosen.address))}</div>`}
  </header>
  ${threadView(parts, { query, threads, chosen })}`;
}

const channelTab = (query: InboxQuery, last: Arrival | undefined, isOpen: boolean): Html =>
  last === undefined
    ? nothing
    : html`<a href="${inboxUrl(query, { message: last.number, part: "message" })}"${isOpen && html` aria-current="true"`}>${channelSign(last.channel)} ${channelName(last.channel)}</a>`;

function threadView(parts: PageParts, of: Pick<Conversation, "threads" | "chosen"> & { query: InboxQuery }): Html {
  const { query, chosen } = of;
  const thread = of.threads.find((each) => each.channel === chosen.channel && each.address === chosen.address);
  if (!thread) return welcome(query);
  switch (chosen.channel) {
    case "email":
      return mailView({ query, thread, chosen, mail: parts.mail });
    case "sms":
      return phoneView({ query, thread, chosen });
    case "slack":
      return slackView({ query, thread, chosen });
    default:
      return postView({ query, thread, chosen });
  }
}

const welcome = (query: InboxQuery): Html => html`<div class="welcome">
  <h2>${query.search || query.channel || query.person ? "Nothing to show" : "Waiting for the first message"}</h2>
  <p>Whatever is handed to this sandbox by SMTP or to the API of a provider it stands in for arrives here and goes nowhere else.</p>
</div>`;
