/** Which stage answers which knock. */
import type { Handlers } from "@chorus/queue/consumer";
import { expandAudience } from "./stages/expand.ts";
import { launchRuns } from "./stages/launch.ts";
import { planCampaign } from "./stages/plan.ts";
import { pumpLane, pumpUrgent } from "./stages/pump.ts";
import type { World } from "./world.ts";

export const handlers = {
  planCampaign,
  // The writers and their checks would be a third of a worker's memory, and most workers only ever send.
  writeVariant: async (...job) => (await import("./stages/write.ts")).writeVariant(...job),
  launchRuns,
  expandAudience,
  pumpLane,
  pumpUrgent,
} satisfies Handlers<World>;
