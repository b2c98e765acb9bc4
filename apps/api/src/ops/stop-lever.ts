/** The big lever: everything of a workspace stops, with a reason, and is released again. The only place that pulls it for /ops. */
import type { Id } from "@chorus/core/id";
import { moveRunOf, stopEverything } from "@chorus/db/runs";
import { listRunSights } from "@chorus/db/sights";
import type { World } from "../world.ts";

const stopNote = "Everything was stopped.";
const runsAtMost = 200;

export async function stopNow(world: World, of: { workspaceId: Id; because: string }): Promise<void> {
  await stopEverything(world.db, of.workspaceId);
}

export async function releaseNow(world: World, of: { workspaceId: Id }): Promise<void> {
  for (const runId of await stoppedRuns(world, of.workspaceId)) {
    await moveRunOf(world.db, { workspaceId: of.workspaceId, runId, action: "resume" });
    await world.producer.knock("expandAudience", { runId });
  }
}

/** Why everything stands still, or null while it does not. */
export const stoppedBecause = async (world: World, workspaceId: Id): Promise<string | null> =>
  (await stoppedRuns(world, workspaceId)).length > 0 ? stopNote : null;

async function stoppedRuns(world: World, workspaceId: Id): Promise<Id[]> {
  const runs = await listRunSights(world.db, { workspaceId, limit: runsAtMost });
  return runs.filter((run) => run.state === "paused" && run.stateBecause === stopNote).map((run) => run.id);
}
