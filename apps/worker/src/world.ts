/** Everything that is open while a worker runs, in one record that start.ts builds and every stage is given. */
import type { Channel } from "@chorus/core/channel";
import type { Id, IdSeal } from "@chorus/core/id";
import type { ModelPrices } from "@chorus/core/model-cost";
import type { Db } from "@chorus/db/open";
import type { Writer } from "@chorus/prompts/writer";
import type { Producer } from "@chorus/queue/producer";
import type { Span, Telemetry } from "@chorus/telemetry/telemetry";
import type { Logger } from "pino";
import type { Carriers } from "./carriers.ts";
import type { Fence } from "./fence.ts";
import type { Gate } from "./gate.ts";
import type { Hands } from "./hands.ts";
import type { Ledger } from "./ledger.ts";
import type { Pace } from "./pace.ts";
import type { Rendering } from "./rendering.ts";
import type { Tally } from "./tally.ts";
import type { Time } from "./time.ts";

export type World = {
  readonly workerId: Id;
  readonly log: Logger;
  readonly db: Db;
  readonly producer: Producer;
  readonly telemetry: Telemetry;
  /** The job that this world was handed to; null outside of one. */
  readonly job: Span | null;
  readonly channels: readonly Channel[];
  readonly seal: IdSeal;
  readonly carriers: Carriers;
  readonly rendering: Rendering;
  /** The model, opened when first asked for, or null when none is set and copy is written without one. */
  readonly model: () => Promise<Writer | null>;
  /** For budgets. */
  readonly prices: ModelPrices;
  readonly ledger: Ledger;
  readonly time: Time;
  /** Asked in the tick of a message's last byte. */
  readonly fence: Fence;
  /** Passed in the same tick, just before. */
  readonly gate: Gate;
  /** Holds messages to what providers let through. */
  readonly pace: Pace;
  /** What this process holds of each lane. */
  readonly hands: Hands;
  /** Counts permits for the next beat. */
  readonly tally: Tally;
  /** Aborted when this process is told to stop: nothing more is asked a permit for. */
  readonly stopping: AbortSignal;
  /** Aborted when a stop has no more time for answers. */
  readonly giveUp: AbortSignal;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
};
