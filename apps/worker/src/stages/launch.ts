/** Starts the runs of schedules that have come due; late ones and changed ones wait for a person. */
import { launchDue } from "@chorus/db/runs";
import type { World } from "../world.ts";

export async function launchRuns(world: World): Promise<void> {
  for (const launched of await launchDue(world.db, world.channels)) {
    world.log.info(
      { runId: launched.runId, because: launched.is === "held" ? launched.because : undefined },
      `run.${launched.is}`,
    );
    if (launched.is === "launched") await world.producer.knock("expandAudience", { runId: launched.runId });
  }
}
