/** A Slack channel as Slack shows it, rendered from the blocks that were posted. */
import { type Html, html, nothing } from "./html.ts";
import type { Arrival, Thread } from "./inbox.ts";
import { type InboxQuery, inboxUrl } from "./inbox-query.ts";
import { isRecord } from "./message-id.ts";
import { avatar, identity, stateOf, timeline, when } from "./page-parts.ts";
import { mrkdwn, unescapeSlack } from "./slack-mrkdwn.ts";

type Showing = { query: InboxQuery; thread: Thread; chosen: Arrival };

export const slackView = ({
  query,
  thread,
  chosen,
}: Showing): Html => html`<section class="slack-view" aria-label="Slack">
  <div class="channel">
    <header><b>${thread.address.replace(/^#/, "# ")}</b></header>
    <ol>${thread.arrivals.map((each) => post({ query, each, isChosen: each === chosen }))}</ol>
  </div>
  <aside><h2>Post ${when(chosen.at, "second")}</h2>${identity(chosen)}${timeline(chosen.steps)}</aside>
</section>`;

function post({ query, each, isChosen }: { query: InboxQuery; each: Arrival; isChosen: boolean }): Html {
  const state = stateOf(each);
  const body = each.body?.is === "slack" ? each.body : null;
  return html`<li${isChosen && html` aria-current="true"`}>
    ${avatar(each.from)}
    <div>
      <p class="by"><b>${each.from}</b> <span class="app">APP</span> <a href="${inboxUrl(query, { message: each.number })}">${when(each.at)}</a>${state.tone !== "good" && html` <span class="flag ${state.tone}">${state.text}</span>`}</p>
      ${body ? (body.blocks.length > 0 ? body.blocks.map(block) : html`<div class="section">${mrkdwn(body.text)}</div>`) : html`<p class="muted">${each.bodyDropped ? "Its content is no longer kept." : each.title}</p>`}
    </div>
  </li>`;
}

function block(value: unknown): Html {
  if (!isRecord(value)) return nothing;
  switch (value.type) {
    case "header":
      return html`<h3>${plainOf(value.text)}</h3>`;
    case "section":
      return section(value);
    case "divider":
      return html`<hr>`;
    case "context":
      return html`<div class="context">${listOf(value.elements).map(element)}</div>`;
    case "actions":
      return html`<div class="actions">${listOf(value.elements).map(element)}</div>`;
    case "image":
      return html`<p class="picture" role="img">Picture: ${textIn(value.alt_text)}</p>`;
    case "markdown":
      return html`<div class="section">${mrkdwn(textIn(value.text).replace(/\*\*/g, "*"))}</div>`;
    default:
      return html`<div class="section">${allText(value)}</div>`;
  }
}

const section = (value: Record<string, unknown>): Html => html`<div class="section">
  <div>${textObject(value.text)}${fields(listOf(value.fields))}</div>
  ${isRecord(value.accessory) && element(value.accessory)}
</div>`;

const fields = (items: readonly unknown[]): Html | false =>
  items.length > 0 && html`<div class="fields">${items.map((each) => html`<div>${textObject(each)}</div>`)}</div>`;

function element(value: unknown): Html {
  if (!isRecord(value)) return nothing;
  if (value.type === "button") return button(value);
  if (value.type === "image") return html`<span class="picture">${textIn(value.alt_text)}</span>`;
  return html`<span>${textObject(value)}</span>`;
}

function button(value: Record<string, unknown>): Html {
  const style = value.style === "primary" ? "button primary" : "button";
  const url = textIn(value.url);
  return /^https?:/i.test(url)
    ? html`<a class="${style}" href="${url}" target="_blank" rel="noopener noreferrer">${plainOf(value.text)}</a>`
    : html`<span class="${style}">${plainOf(value.text)}</span>`;
}

function textObject(value: unknown): Html {
  if (!isRecord(value)) return nothing;
  return value.type === "mrkdwn" ? mrkdwn(textIn(value.text)) : html`${plainOf(value)}`;
}

const textIn = (value: unknown): string => (typeof value === "string" ? value : "");
const plainOf = (value: unknown): string => (isRecord(value) ? unescapeSlack(textIn(value.text)) : "");
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Blocks nobody here draws still show their words. */
function allText(value: unknown): string {
  if (Array.isArray(value)) return value.map(allText).filter(Boolean).join(" ");
  if (!isRecord(value)) return "";
  return typeof value.text === "string" ? value.text : Object.values(value).map(allText).filter(Boolean).join(" ");
}
