/** Skips the hours in which nothing happens but beats and idle looks: nobody is at work, and nothing comes due. */
import type { Rows } from "./ledger-rows.ts";
import type { SimulatedWorld } from "./world.ts";

/** Less is not worth it. */
const skippedAtLeastMs = 2_500;

/** To what is on its way and to the workers no time passes; their beats in it are taken as given. */
export function skipQuiet({ rows, timeline, provider, living, areAtRest, isProvable }: SimulatedWorld): void {
  if (!areAtRest() || isProvable() || provider.underWay() > 0) return;
  const ms = nextDue(rows) - timeline.now();
  if (ms < skippedAtLeastMs || ms === Number.POSITIVE_INFINITY) return;
  timeline.skip(ms);
  for (const { id, process } of living()) {
    const row = rows.workers.get(id);
    if (row) rows.workers.set(id, { ...row, aliveUntil: row.aliveUntil + ms, beatAt: row.beatAt + ms });
    process.rest(ms);
  }
}

/** When something in the ledger next comes due by itself. */
function nextDue({ messages, workers, accounts }: Rows): number {
  const moments = [...messages.values()].flatMap(({ entry, channel }): number[] => {
    const { state, notBefore, expiresAt, lease, sendUntil } = entry;
    const asks = entry.doubts.flatMap(({ askAt, resolution }) => (resolution === null ? (askAt ?? []) : []));
    if (state === "waiting") return [Math.max(notBefore, accounts.get(channel)?.blockedUntil ?? 0), expiresAt, ...asks];
    if (!lease) return asks;
    return [sendUntil ?? lease.until, workers.get(lease.workerId)?.aliveUntil ?? 0, ...asks];
  });
  return Math.min(...moments);
}
