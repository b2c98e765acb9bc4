/** Lanes: one line for each channel and class, a strip of its sixteen lanes, and those with something in them unfolded. */
import { laneCount } from "@chorus/core/plan";
import type { LaneSight } from "@chorus/db/lanes";
import { ago, count, type Html, html } from "./html.ts";

type Group = { readonly channel: string; readonly class: string; readonly lanes: readonly LaneSight[] };

export function lanesView(lanes: readonly LaneSight[]): Html {
  const groups = groupsOf(lanes);
  if (groups.length === 0) return html`<p class="empty">Nothing has been sent yet, and nothing waits.</p>`;
  return html`<div class="wide"><table class="lanes">
    <thead><tr><th scope="col">Channel, class</th><th scope="col">Lanes 0–${laneCount - 1}</th>${["Due", "Leased", "Sending", "In doubt", "Oldest due", "Permits/s"].map((title) => html`<th scope="col" class="figure">${title}</th>`)}</tr></thead>
    ${groups.map(groupView)}</table></div>`;
}

function groupsOf(lanes: readonly LaneSight[]): Group[] {
  const groups = new Map<string, LaneSight[]>();
  for (const lane of lanes) {
    const key = `${lane.channel} ${lane.class}`;
    groups.set(key, [...(groups.get(key) ?? []), lane]);
  }
  return [...groups.values()].flatMap((all) =>
    all[0] ? [{ channel: all[0].channel, class: all[0].class, lanes: all }] : [],
  );
}

function groupView(group: Group): Html {
  const busy = group.lanes.filter(isBusy);
  const id = `lanes-${group.channel}-${group.class}`;
  const sum = (of: (lane: LaneSight) => number) => group.lanes.reduce((total, lane) => total + of(lane), 0);
  const all = {
    due: sum((lane) => lane.due),
    leased: sum((lane) => lane.leased),
    sending: sum((lane) => lane.sending),
    inDoubt: sum((lane) => lane.inDoubt),
    permitsPerSecond: sum((lane) => lane.permitsPerSecond),
    oldestDueInSeconds: Math.max(...group.lanes.map((lane) => lane.oldestDueInSeconds)),
  };
  return html`<tbody><tr><th scope="row"><b>${group.channel}</b> ${group.class}</th><td>${strip(group)}</td>${figures(all)}</tr>
    ${
      busy.length > 0 &&
      html`<tr class="fold"><td colspan="8"><details id="${id}"><summary>${busy.length} ${busy.length === 1 ? "lane" : "lanes"} at work, ${laneCount - busy.length} empty ones folded</summary>
      <table>${busy.map((lane) => html`<tr><th scope="row">lane ${lane.lane}</th><td></td>${figures(lane)}</tr>`)}</table></details></td></tr>`
    }</tbody>`;
}

const isBusy = (lane: LaneSight): boolean =>
  lane.due + lane.leased + lane.sending + lane.inDoubt > 0 || lane.permitsPerSecond > 0;

function figures(of: Omit<LaneSight, "channel" | "class" | "lane" | "permitsTotal">): Html {
  const isLate = of.oldestDueInSeconds > 10 && of.permitsPerSecond === 0;
  return html`<td class="figure">${count(of.due)}</td><td class="figure">${count(of.leased)}</td><td class="figure">${count(of.sending)}</td>
    <td class="figure${of.inDoubt > 0 && " bad"}">${count(of.inDoubt)}</td>
    <td class="figure${isLate && " bad"}">${of.due > 0 ? ago(of.oldestDueInSeconds) : "–"}</td>
    <td class="figure">${of.permitsPerSecond > 0 ? of.permitsPerSecond.toFixed(1) : "–"}</td>`;
}

/** How full each lane is, at a glance: from nothing to a thousand and more. */
function strip(group: Group): Html {
  const cells = Array.from({ length: laneCount }, (_, lane) => {
    const of = group.lanes.find((each) => each.lane === lane);
    const open = of ? of.due + of.leased + of.sending : 0;
    const level = open === 0 ? 0 : Math.min(4, 1 + Math.floor(Math.log10(open)));
    return html`<rect x="${lane * 12}" width="10" height="16" rx="2" class="level-${level}"><title>lane ${lane}: ${count(open)} open</title></rect>`;
  });
  return html`<svg class="strip" viewBox="0 0 190 16" role="img" aria-label="How full the lanes are">${cells}</svg>`;
}
