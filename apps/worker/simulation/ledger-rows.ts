/** What the simulated ledger holds. */
import type { Id } from "@chorus/core/id";
import type { Entry } from "@chorus/core/ledger";
import type { RunState } from "@chorus/core/run";
import type { LaneTally } from "@chorus/db/workers";

export type Message = {
  readonly id: Id;
  readonly runId: Id;
  readonly channel: string;
  readonly lane: number;
  readonly address: string;
  /** Its provider can be asked what it took. */
  readonly canAsk: boolean;
  entry: Entry;
};

export type Run = { readonly id: Id; state: RunState; servedAt: number };
export type WorkerRow = { readonly aliveUntil: number; readonly beatAt: number; readonly lanes: readonly LaneTally[] };
export type AccountRow = { failures: number; blockedUntil: number };

export type Rows = {
  readonly messages: Map<Id, Message>;
  readonly runs: Map<Id, Run>;
  readonly workers: Map<Id, WorkerRow>;
  /** By channel: all is of one workspace. */
  readonly accounts: Map<string, AccountRow>;
  readonly suppressed: Set<string>;
  /** By channel: how many marketing messages one address gets at most. A world is over long before the days of a cap. */
  readonly caps: ReadonlyMap<string, number>;
};
