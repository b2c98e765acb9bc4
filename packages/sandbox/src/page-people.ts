/** The left side of the inbox: whom something came for, with search, channels and pages. */
import { type Html, html } from "./html.ts";
import { type InboxQuery, inboxUrl } from "./inbox-query.ts";
import type { PeoplePage, PersonRow } from "./inbox-view.ts";
import { media } from "./media.ts";
import { avatar, channelSign, numberText, stateOf, when } from "./page-parts.ts";

type Showing = { query: InboxQuery; people: PeoplePage; open: string | null };

export const peoplePane = ({
  query,
  people,
  open,
}: Showing): Html => html`<nav class="people" aria-label="People and channels">
  ${searchForm(query)}
  <div class="filters" role="group" aria-label="Channel">
    ${filterLink(query, null, "All")}
    ${media.map(({ channel, name }) => filterLink(query, channel, name))}
  </div>
  ${people.rows.length > 0 ? list({ query, people, open }) : nobody(query)}
  ${pager(query, people)}
</nav>`;

const searchForm = (query: InboxQuery): Html => html`<form class="search" role="search" action="/" method="get">
  <label for="search">Name, address or number</label>
  <input id="search" name="search" type="search" value="${query.search}" placeholder="Search people" autocomplete="off">
  ${query.channel && html`<input type="hidden" name="channel" value="${query.channel}">`}
  ${query.live && html`<input type="hidden" name="live" value="on">`}
</form>`;

const filterLink = (query: InboxQuery, channel: InboxQuery["channel"], name: string): Html =>
  html`<a href="${inboxUrl(query, { channel, page: 1, person: null, message: null })}"${query.channel === channel && html` aria-current="true"`}>${name}</a>`;

const list = ({ query, people, open }: Showing): Html =>
  html`<ul class="rows">${people.rows.map((row) => html`<li>${personLink(row, query, row.key === open)}</li>`)}</ul>`;

function personLink(row: PersonRow, query: InboxQuery, isOpen: boolean): Html {
  const state = stateOf(row.last);
  const address = row.addresses.map((each) => each.address).find((each) => each !== row.name);
  return html`<a class="row" href="${inboxUrl(query, { person: row.key, message: null, part: "message" })}"${isOpen && html` aria-current="page"`}>
    ${avatar(row.name)}
    <span class="who"><b>${row.name}</b>${address && html`<small>${address}</small>`}</span>
    <span class="meta">${when(row.last.at)}<span class="signs">${row.addresses.map((each) => channelSign(each.channel))}</span></span>
    <span class="last">${row.last.direction === "from_person" && html`<em>Replied:</em> `}${row.last.title || state.text}</span>
    ${state.tone === "bad" || state.tone === "wait" ? html`<span class="flag ${state.tone}">${state.text}</span>` : row.messages > 1 && html`<span class="count" title="${row.messages} messages">${numberText(row.messages)}</span>`}
  </a>`;
}

const nobody = (query: InboxQuery): Html =>
  query.search || query.channel
    ? html`<p class="empty">Nobody here matches. <a href="/">Show everybody</a></p>`
    : html`<p class="empty">Nothing has arrived yet.</p>`;

function pager(query: InboxQuery, { page, pages, total }: PeoplePage): Html {
  const to = (number: number, text: string, isOffered: boolean) =>
    isOffered
      ? html`<a href="${inboxUrl(query, { page: number })}">${text}</a>`
      : html`<span aria-disabled="true">${text}</span>`;
  return html`<p class="pager">
    ${pages > 1 && to(page - 1, "Newer", page > 1)}
    <span>${numberText(total)} ${total === 1 ? "person or channel" : "people, channels"}${pages > 1 && ` · page ${page} of ${pages}`}</span>
    ${pages > 1 && to(page + 1, "Older", page < pages)}
  </p>`;
}
