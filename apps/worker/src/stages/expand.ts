/** Writes a run's ledger page by page; each page is sent while the next is still being planned. */
import type { Id } from "@chorus/core/id";
import { laneCount } from "@chorus/core/plan";
import { expandPage } from "@chorus/db/expand";
import { countPicksOfRun } from "@chorus/db/pick-count";
import type { World } from "../world.ts";

export async function expandAudience(
  world: World,
  { runId }: { runId: Id },
  { signal }: { signal: AbortSignal },
): Promise<void> {
  // What cannot be counted anew is shown as it was counted last: nobody's message waits for it.
  await countPicksOfRun(world.db, runId).catch((error: unknown) =>
    world.log.error({ runId, err: error }, "picks.not_counted"),
  );
  while (!signal.aborted) {
    const step = await expandPage(world.db, runId);
    if (step.is === "not_sending") return;
    if (step.is === "page") world.log.info({ runId, planned: step.planned }, "run.expanded");
    for (const channel of step.channels) await knockLanes(world, channel); // also for one that was resumed, and has all its rows
    if (step.is === "done") return;
  }
}

async function knockLanes(world: World, channel: string) {
  await Promise.all(
    Array.from({ length: laneCount }, (_, lane) => world.producer.knock("pumpLane", { channel, lane })),
  );
}
