/** The first page: what goes out, who carries it, and the levers. Parts marked data-live are renewed while somebody looks. */
import type { IdSeal } from "@chorus/core/id";
import { type Owner, ownedFrame } from "./frame.ts";
import { ago, count, type Html, html } from "./html.ts";
import { lanesView } from "./lanes-view.ts";
import { runsView } from "./runs-view.ts";
import type { Sight } from "./sight.ts";
import { carriersView, doubtsView, importsView, queuesView, workersView } from "./things-view.ts";

export const overviewPage = (owner: Owner, seal: IdSeal, sight: Sight): Html =>
  ownedFrame(owner, {
    title: "Operations",
    body: html`<p class="lost-note" role="status">No answer at the moment. What is shown may be old.</p>
${stopView(sight.stopped)}
${part("tiles", null, tiles(sight))}
${part("runs", "Runs", runsView(seal, sight.runs))}
${part("lanes", "Lanes", lanesView(sight.lanes))}
<div class="columns">
${part("providers", "Providers", carriersView(sight.carriers))}
${part("queues", "Queues", html`${queuesView(sight.depths)}<p><a href="/ops/queues">Open the board</a></p>`)}
</div>
${part("workers", "Workers", workersView(sight.workers))}
${part("imports", "Imports", importsView(seal, sight.imports))}
${part("doubts", "In doubt", doubtsView(seal, sight.doubts))}`,
  });

const part = (id: string, title: string | null, body: Html): Html =>
  html`<section id="${id}" data-live>${title !== null && html`<h2>${title}</h2>`}${body}</section>`;

function stopView(stopped: string | null): Html {
  if (stopped !== null)
    return html`<section id="stop" data-live class="stopped" role="alert"><div><h2>Everything is stopped</h2><p>${stopped}</p></div>
      <form method="post" action="/ops/release"><button class="strong">Release</button></form></section>`;
  return html`<section id="stop" data-live class="brake"><details id="brake"><summary>Stop everything…</summary>
    <form method="post" action="/ops/stop"><label for="because">Why</label><input id="because" name="because" required maxlength="200" placeholder="So that others know">
    <button class="danger">Stop everything now</button></form></details></section>`;
}

function tiles({ lanes, workers, doubts, carriers, books }: Sight): Html {
  const sum = (of: (lane: Sight["lanes"][number]) => number) => lanes.reduce((total, lane) => total + of(lane), 0);
  const due = sum((lane) => lane.due);
  const perSecond = sum((lane) => lane.permitsPerSecond);
  const oldest = Math.max(0, ...lanes.map((lane) => lane.oldestDueInSeconds));
  const living = workers.filter((worker) => worker.isAlive).length;
  const blocked = carriers.filter((carrier) => carrier.isPaused || carrier.blockedUntil !== null).length;
  return html`<dl class="tiles">
    ${tile("due now", count(due))}
    ${tile("oldest due", due > 0 ? ago(oldest) : "–", oldest > 10 && perSecond === 0)}
    ${tile("permits a second", perSecond > 0 ? perSecond.toFixed(1) : "–")}
    ${tile("with providers", count(sum((lane) => lane.sending)))}
    ${tile("in doubt", count(doubts.count), doubts.count > 0)}
    ${tile("workers alive", count(living), living === 0)}
    ${tile("providers blocked", count(blocked), blocked > 0)}
    ${tile("the books", booksWord(books), (books?.broken.length ?? 0) > 0)}
  </dl>`;
}

/** As they were at the last hourly look. */
const booksWord = (books: Sight["books"]): string =>
  books === null ? "–" : books.broken.length > 0 ? `broken: ${books.broken.join(", ")}` : "hold";

const tile = (name: string, value: string, isBad = false): Html =>
  html`<div class="tile${isBad && " bad"}"><dt>${name}</dt><dd>${value}</dd></div>`;
