/** Which stage answers which knock. */
import type { Handlers } from "@chorus/queue/consumer";
import { expandAudience } from "./stages/expand.ts";
import { launchRuns } from "./stages/launch.ts";
import { planCampaign } from "./stages/plan.ts";
import { pumpLane, pumpUrgent } from "./stages/pump.ts";
import { writeVariant } from "./stages/write.ts";
import { writeCopy } from "./stages/write-copy.ts";
import type { World } from "./world.ts";

export const handlers = {
  planCampaign,
  writeVariant,
  writeCopy,
  launchRuns,
  expandAudience,
  pumpLane,
  pumpUrgent,
} satisfies Handlers<World>;
