/** Permits counted in memory, lane by lane, until the next beat takes them along: no message waits for a count. */
import type { Id } from "@chorus/core/id";
import type { MessageClass } from "@chorus/core/message";
import type { LaneTally } from "@chorus/db/workers";
import { realTime, type Time } from "./time.ts";

type Permitted = {
  readonly workspaceId: Id;
  readonly channel: string;
  readonly class: MessageClass;
  readonly lane: number;
};

export type Tally = {
  count(message: Permitted): void;
  /** What was counted since it was last taken. A beat that fails loses it: these are figures, the ledger is elsewhere. */
  take(): LaneTally[];
  /** When something was last counted, as a moment of `performance.now()`; -Infinity before that. */
  lastAt(): number;
};

export function openTally(time: Time = realTime): Tally {
  let counts = new Map<string, LaneTally>();
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    count({ workspaceId, channel, class: messageClass, lane }) {
      lastAt = time.now();
      const key = `${workspaceId} ${channel} ${messageClass} ${lane}`;
      const permits = (counts.get(key)?.permits ?? 0) + 1;
      counts.set(key, { workspaceId, channel, class: messageClass, lane, permits });
    },
    take() {
      const taken = [...counts.values()];
      counts = new Map();
      return taken;
    },
    lastAt: () => lastAt,
  };
}
