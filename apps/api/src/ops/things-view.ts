/** The smaller things of the first page: providers, workers, queues and doubts. */
import type { IdSeal } from "@chorus/core/id";
import type { ImportRecord } from "@chorus/db/imports";
import type { WorkerSight } from "@chorus/db/workers";
import type { Depths } from "@chorus/queue/depth";
import { ago, count, type Html, html, moment } from "./html.ts";
import type { Sight } from "./sight.ts";

const skewedFromMs = 2_000;

type CarrierSight = Sight["carriers"][number];

export const carriersView = (carriers: Sight["carriers"]): Html =>
  carriers.length === 0
    ? html`<p class="empty">No provider account has been used yet.</p>`
    : html`<ul class="things">${carriers.map(
        (
          each,
        ) => html`<li><div class="head"><b>${each.channel}</b> <span class="muted">${each.provider}, ${each.account}</span>
          ${carrierState(each)}</div>
          ${each.rates.length > 0 && html`<p class="muted">At most ${each.rates.map(({ of, perSecond }) => `${perSecond} a second (${of.replace(/^(.*) \*$/, "each $1")})`).join(", ")}, over all workers.</p>`}
          ${each.isPaused && pausedView(each)}
          ${each.blockedUntil && html`<p class="because">Until ${moment(each.blockedUntil)}: ${each.because ?? "no reason was given"}</p>`}
          ${each.troubles > 0 && html`<p class="muted">In the last 15 minutes, refused or put off: ${count(each.troubles)}, counted over open runs.</p>`}</li>`,
      )}</ul>`;

function carrierState(each: CarrierSight): Html {
  if (each.isPaused) return html`<span class="state bad">paused</span>`;
  return each.blockedUntil
    ? html`<span class="state bad">blocked for ${ago(each.blockedForSeconds)}</span>`
    : html`<span class="state good">free</span>`;
}

const pausedView = ({ channel, because }: CarrierSight): Html =>
  html`<p class="because">${because ?? "No reason was given."}</p><p class="muted">Nothing goes through it until somebody has put that right.</p>
    <form method="post" action="/ops/accounts/${channel}/release"><button class="strong">Release</button></form>`;

export const workersView = (workers: readonly WorkerSight[]): Html =>
  workers.length === 0
    ? html`<p class="empty bad">No worker has said that it lives for a quarter of an hour. Nothing is sent until one is started.</p>`
    : html`<div class="wide"><table><thead><tr><th scope="col">Worker</th><th scope="col">Build</th><th scope="col" class="figure">Load</th><th scope="col" class="figure">Permits/s</th><th scope="col" class="figure">Clock</th><th scope="col" class="figure">Last beat</th></tr></thead>
      <tbody>${workers.map(workerView)}</tbody></table></div>`;

const workerView = (worker: WorkerSight): Html => html`<tr>
  <th scope="row">${worker.name} ${!worker.isAlive && html`<span class="state">gone</span>`}</th><td>${worker.version || "–"}</td>
  <td class="figure">${worker.isAlive ? `${worker.runningJobs} jobs, ${Math.round(worker.busy * 100)} %` : "–"}</td>
  <td class="figure">${worker.permitsPerSecond > 0 ? worker.permitsPerSecond.toFixed(1) : "–"}</td>
  <td class="figure${Math.abs(worker.clockSkewMs) > skewedFromMs && " bad"}">${worker.clockSkewMs > 0 && "+"}${count(worker.clockSkewMs)} ms</td>
  <td class="figure">${ago(worker.lastBeatInSeconds)} ago</td></tr>`;

export const queuesView = (depths: Depths): Html =>
  depths.is === "unreachable"
    ? html`<p class="empty bad">The queue does not answer: ${depths.detail}. What is due waits in the ledger.</p>`
    : html`<table><thead><tr><th scope="col">Queue</th>${["Waiting", "Active", "Delayed", "Failed"].map((title) => html`<th scope="col" class="figure">${title}</th>`)}</tr></thead>
      <tbody>${Object.entries(depths.queues).map(
        ([
          name,
          of,
        ]) => html`<tr><th scope="row"><a href="/ops/queues/queue/${name}">${name}</a> ${of.isPaused && html`<span class="state bad">paused</span>`}</th>
        <td class="figure">${count(of.waiting)}</td><td class="figure">${count(of.active)}</td><td class="figure">${count(of.delayed)}</td><td class="figure${of.failed > 0 && " bad"}">${count(of.failed)}</td></tr>`,
      )}</tbody></table>`;

/** An import runs inside the request that brings its file: what a job would remember is its row. */
export const importsView = (seal: IdSeal, imports: readonly ImportRecord[]): Html =>
  imports.length === 0
    ? html`<p class="empty">None yet.</p>`
    : html`<div class="wide"><table><thead><tr><th scope="col">Import</th><th scope="col">State</th><th scope="col">Begun</th>${["Rows", "Taken", "Rejected"].map((title) => html`<th scope="col" class="figure">${title}</th>`)}</tr></thead>
      <tbody>${imports.map(
        (each) => html`<tr><th scope="row">${each.kind} <span class="muted">${seal.seal("import", each.id)}</span></th>
        <td><span class="state${each.state === "stopped" && " bad"}">${each.state}</span></td><td>${moment(each.startedAt)}</td>
        <td class="figure">${count(each.rowCount)}</td><td class="figure">${count(each.acceptedCount)}</td><td class="figure">${count(each.rejectedCount)}</td></tr>`,
      )}</tbody></table></div>`;

export function doubtsView(seal: IdSeal, { count: all, doubts }: Sight["doubts"]): Html {
  if (all === 0) return html`<p class="empty">None. Every hand-over has an answer.</p>`;
  const line = (doubt: Sight["doubts"]["doubts"][number]) => html`<tr>
    <th scope="row"><a href="/ops/messages/${seal.sealMessage(doubt)}">${doubt.channel}</a></th><td>${moment(doubt.since)}</td>
    <td>${doubt.detail}</td><td>${doubt.worker ?? "–"}</td><td>${doubt.willBeAsked ? "looked at again" : "a person decides"}</td></tr>`;
  return html`<p>${count(all)} ${all === 1 ? "message was" : "messages were"} handed over and never answered for. None is sent again on a guess.</p>
    <div class="wide"><table><thead><tr><th scope="col">Message</th><th scope="col">Since</th><th scope="col">What is known</th><th scope="col">Worker</th><th scope="col">Next</th></tr></thead><tbody>${doubts.map(line)}</tbody></table></div>
    ${all > doubts.length && html`<p class="muted">The oldest ${doubts.length} are shown; each run’s list is at /v1/runs/…/doubts.</p>`}`;
}
