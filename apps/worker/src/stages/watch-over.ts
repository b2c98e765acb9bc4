/** Every second: whatever should have moved and has not is moved, and the doors behind which work waits are knocked on. */
import { sweep } from "@chorus/db/sweep";
import { knockLane } from "@chorus/queue/knock-lane";
import type { World } from "../world.ts";
import { askAboutDoubts } from "./ask.ts";

export async function watchOver(world: World): Promise<void> {
  const doors = await sweep(world.db);
  if (doors) {
    const { producer } = world;
    if (doors.launchDue) await producer.knock("launchRuns", {});
    await Promise.all([
      ...doors.plans.map((campaignId) => producer.knock("planCampaign", { campaignId })),
      ...doors.writes.map((write) => producer.knock("writeVariant", write)),
      ...doors.expansions.map((runId) => producer.knock("expandAudience", { runId })),
      ...doors.lanes.map((lane) => knockLane(producer, lane)),
    ]);
  }
  await askAboutDoubts(world);
}
