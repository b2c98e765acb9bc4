/** Every second: whatever should have moved and has not is moved, and the doors behind which work waits are knocked on. */
import type { Swept } from "@chorus/db/sweep";
import { knockLane, withLaneJob } from "@chorus/queue/knock-lane";
import type { Producer } from "@chorus/queue/producer";
import { type Door, doorTo } from "../walks.ts";
import type { World } from "../world.ts";

export type Seen = { readonly swept: Swept; readonly doors: readonly Door[] };

/** Null when another worker was sweeping. */
export async function watchOver(world: World): Promise<Seen | null> {
  const swept = await world.ledger.sweep();
  return swept && { swept, doors: await knockOnAll(world.producer, swept) };
}

/** Answers with the doors of what is sent. Of a lane the ledger tells who serves it; of the others, only whether the knock was heard. */
async function knockOnAll(producer: Producer, swept: Swept): Promise<Door[]> {
  const launches = swept.launchDue ? [{}] : [];
  const [doors] = await Promise.all([
    Promise.all([
      ...launches.map(async (all) =>
        doorTo("launchRuns", all, (await producer.knock("launchRuns", all)).is === "knocked"),
      ),
      ...swept.expansions.map(async (runId) =>
        doorTo("expandAudience", { runId }, (await producer.knock("expandAudience", { runId })).is === "knocked"),
      ),
      ...swept.lanes.map(async (lane) => {
        await knockLane(producer, lane);
        return withLaneJob(lane, (job, payload) => doorTo(job, payload, lane.isServed));
      }),
    ]),
    ...swept.plans.map((campaignId) => producer.knock("planCampaign", { campaignId })),
    ...swept.writes.map((write) => producer.knock("writeVariant", write)),
    ...swept.copies.map((write) => producer.knock("writeCopy", write)),
  ]);
  return doors;
}
