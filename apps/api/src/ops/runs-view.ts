/** Runs with their books, and the levers on them. Cancelling is for good, so it takes two presses. */
import type { IdSeal } from "@chorus/core/id";
import { moveRun } from "@chorus/core/run";
import type { RunSight } from "@chorus/db/sights";
import { count, type Html, html, moment, words } from "./html.ts";

const parts = ["accepted", "skipped", "failed", "expired", "cancelled", "inDoubt", "open"] as const;
const partNames = { ...Object.fromEntries(parts.map((part) => [part, part])), inDoubt: "in doubt" } as Record<
  (typeof parts)[number],
  string
>;

export function runsView(seal: IdSeal, runs: readonly RunSight[]): Html {
  if (runs.length === 0) return html`<p class="empty">No campaign has gone out yet.</p>`;
  return html`<ul class="runs">${runs.map((run) => runView(seal.seal("run", run.id), run))}</ul>`;
}

const runView = (id: string, run: RunSight): Html => html`<li class="run">
  <div class="head"><b>${run.campaign}</b> <span class="state ${run.state}">${run.state}</span>${run.isExpanding && html` <span class="state">planning goes on</span>`}
    <span class="muted">since ${moment(run.startedAt)}</span></div>
  ${run.stateBecause !== null && html`<p class="because">${run.stateBecause}</p>`}
  ${bar(run)}
  <dl class="books"><div><dt>planned</dt><dd>${count(run.books.planned)}</dd></div>${parts
    .filter((part) => run.books[part] > 0 || part === "accepted" || part === "open")
    .map((part) => html`<div class="${part}"><dt>${partNames[part]}</dt><dd>${count(run.books[part])}</dd></div>`)}</dl>
  <div class="levers"><a href="/ops/messages?q=${id}">Messages</a>${levers(id, run)}</div>
</li>`;

/** The books as one bar; widths are drawn, so that no style has to be allowed in the page. */
function bar({ books, campaign }: RunSight): Html {
  let x = 0;
  const pieces = parts.map((part) => {
    const width = books.planned === 0 ? 0 : (books[part] / books.planned) * 1000;
    const piece = html`<rect x="${x.toFixed(1)}" width="${width.toFixed(1)}" height="8" class="${part}"/>`;
    x += width;
    return piece;
  });
  return html`<svg class="bar" viewBox="0 0 1000 8" preserveAspectRatio="none" role="img" aria-label="${campaign}: ${count(books.planned - books.open)} of ${count(books.planned)} settled">${pieces}</svg>`;
}

function levers(id: string, run: RunSight): Html {
  const may = (action: "pause" | "resume" | "cancel") => {
    const to = moveRun(run.state, action);
    return to !== null && to !== run.state;
  };
  const lever = (action: string, label: string, style = "") =>
    html`<form method="post" action="/ops/runs/${id}/${action}"><button class="${style}">${label}</button></form>`;
  return html`${may("pause") && lever("pause", "Pause")}${may("resume") && lever("resume", "Resume", "strong")}${
    may("cancel") &&
    html`<details id="cancel-${id}" class="sure"><summary>Cancel…</summary>${lever("cancel", `Cancel ${words(run.campaign)} for good`, "danger")}</details>`
  }`;
}
