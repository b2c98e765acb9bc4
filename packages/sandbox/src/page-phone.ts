/** Texts as the handset shows them, each with its encoding and its parts, and a way to answer. */
import { smsSize } from "@chorus/core/measure";
import { type Html, html } from "./html.ts";
import type { Arrival, Thread } from "./inbox.ts";
import { type InboxQuery, inboxUrl } from "./inbox-query.ts";
import { identity, stateOf, timeline, when } from "./page-parts.ts";

type Showing = { query: InboxQuery; thread: Thread; chosen: Arrival };

export function phoneView({ query, thread, chosen }: Showing): Html {
  const answered = thread.arrivals.findLast((each) => each.direction === "to_person") ?? chosen;
  return html`<section class="texts" aria-label="Texts">
    <div class="phone">
      <header><span aria-hidden="true">${when(chosen.at)}</span><b>${answered.from}</b></header>
      <ol class="bubbles">${thread.arrivals.map((each) => bubble({ query, each, isChosen: each === chosen }))}</ol>
      <form action="/reply" method="post">
        <input type="hidden" name="message" value="${answered.number}">
        <input type="hidden" name="person" value="${query.person ?? ""}">
        ${query.channel && html`<input type="hidden" name="channel" value="${query.channel}">`}
        ${query.search && html`<input type="hidden" name="search" value="${query.search}">`}
        <label for="answer" class="hidden">Answer from this handset</label>
        <input id="answer" name="text" maxlength="1600" placeholder="Answer as ${thread.address}" autocomplete="off">
        <button type="submit">Send</button>
        <button type="submit" name="text" value="STOP" class="quiet" formnovalidate>STOP</button>
      </form>
    </div>
    <aside>
      <h2>${chosen.direction === "from_person" ? "Reply" : "Text"} ${when(chosen.at, "second")}</h2>
      ${sizeTable(chosen)}
      ${identity(chosen)}
      ${timeline(chosen.steps)}
    </aside>
  </section>`;
}

function bubble({ query, each, isChosen }: { query: InboxQuery; each: Arrival; isChosen: boolean }): Html {
  const state = stateOf(each);
  const side = each.direction === "from_person" ? "out" : "in";
  const text = each.body?.is === "text" ? each.body.text : each.title || "(no text)";
  const note = each.direction === "from_person" ? "Sent" : `${sizeNote(text)} · ${state.text}`;
  return html`<li class="${side}${state.tone === "bad" && " bad"}">
    <a href="${inboxUrl(query, { message: each.number })}"${isChosen && html` aria-current="true"`}><span class="bubble">${text}</span><small>${note}</small></a>
  </li>`;
}

const encodingNames = { gsm7: "GSM-7", ucs2: "UCS-2" } as const;

function sizeNote(text: string): string {
  const { encoding, parts } = smsSize(text);
  return `${encodingNames[encoding]} · ${parts} ${parts === 1 ? "part" : "parts"}`;
}

function sizeTable(chosen: Arrival): Html | null {
  if (chosen.body?.is !== "text")
    return chosen.bodyDropped ? html`<p class="empty">Its text is no longer kept.</p>` : null;
  const { encoding, units, parts } = smsSize(chosen.body.text);
  const unit = encoding === "gsm7" ? "septets" : "UTF-16 units";
  return html`<dl class="identity">
    <div><dt>Encoding</dt><dd>${encodingNames[encoding]}</dd></div>
    <div><dt>Length</dt><dd>${units} ${unit} in ${parts} ${parts === 1 ? "part" : "parts"}</dd></div>
  </dl>`;
}
