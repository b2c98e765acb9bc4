/** An account's public posts as its timeline shows them, with what in their words is a link or a hashtag. */
import { type Html, html } from "./html.ts";
import type { Arrival, Body, Thread } from "./inbox.ts";
import { type InboxQuery, inboxUrl } from "./inbox-query.ts";
import { avatar, channelName, identity, stateOf, timeline, when } from "./page-parts.ts";

type Showing = { query: InboxQuery; thread: Thread; chosen: Arrival };

export const postView = ({ query, thread, chosen }: Showing): Html => {
  const name = channelName(thread.channel);
  return html`<section class="post-view" aria-label="${name}">
  <ol class="timeline-of">${thread.arrivals.toReversed().map((each) => post({ query, each, isChosen: each === chosen }))}</ol>
  <aside><h2>Post ${when(chosen.at, "second")}</h2>${identity(chosen)}${timeline(chosen.steps)}</aside>
</section>`;
};

function post({ query, each, isChosen }: { query: InboxQuery; each: Arrival; isChosen: boolean }): Html {
  const state = stateOf(each);
  return html`<li${isChosen && html` aria-current="true"`}>
    ${avatar(each.address.replace(/^@/, ""))}
    <div>
      <p class="by"><b>${each.address}</b> <a href="${inboxUrl(query, { message: each.number })}">${when(each.at)}</a>${state.tone !== "good" && html` <span class="flag ${state.tone}">${state.text}</span>`}</p>
      ${each.body?.is === "post" ? words(each.body) : html`<p class="muted">${each.bodyDropped ? "Its text is no longer kept." : each.title}</p>`}
    </div>
  </li>`;
}

/** Marks stand in the order of the text and do not overlap. */
function words({ text, marks }: Extract<Body, { is: "post" }>): Html {
  const pieces = marks.map(({ start, end, url }, index) => {
    const before = text.slice(marks[index - 1]?.end ?? 0, start);
    const marked = text.slice(start, end);
    return url && /^https?:/i.test(url)
      ? html`${before}<a href="${url}" target="_blank" rel="noopener noreferrer">${marked}</a>`
      : html`${before}<span class="tag">${marked}</span>`;
  });
  return html`<p class="post-text">${pieces}${text.slice(marks.at(-1)?.end ?? 0)}</p>`;
}
