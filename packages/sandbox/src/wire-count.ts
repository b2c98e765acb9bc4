/** The wire log counted: how many of what, how many different messages, and which of them were taken more than once. */
import { channelIds } from "./media.ts";
import type { WireEntry, WireEvent } from "./wire-log.ts";

export type ChannelCount = Readonly<Record<WireEvent, number>> & {
  /** Different `msg_…` ids among the accepted. */
  readonly distinct: number;
  /** Accepted without an id of ours: other clients' messages. */
  readonly withoutId: number;
};

export type WireCount = {
  /** By channel: every one there is, also those that nothing came by. */
  readonly channels: Readonly<Record<string, ChannelCount>>;
  readonly accepted: number;
  readonly distinct: number;
  /** Ids accepted more than once: the first thousand of them, and how many there are. */
  readonly repeated: readonly { messageId: string; times: number }[];
  readonly repeatedIds: number;
};

const repeatedShown = 1000;
type Tally = { -readonly [key in keyof ChannelCount]: number };

const emptyTally = (): Tally => ({
  accepted: 0,
  refused: 0,
  rate_limited: 0,
  failed: 0,
  callback: 0,
  inbound: 0,
  distinct: 0,
  withoutId: 0,
});

/** Counts as lines are written, so that asking costs nothing however long the log is. */
export function openWireCount(): { add(entry: WireEntry): void; read(): WireCount } {
  const tallies = new Map<string, Tally>(channelIds.map((channel) => [channel, emptyTally()]));
  const seen = new Set<string>();
  const repeated = new Map<string, number>();
  return {
    add(entry) {
      const tally = tallies.get(entry.channel);
      if (!tally) return; // a line of a channel that is no more
      tally[entry.event] += 1;
      if (entry.event !== "accepted") return;
      if (entry.messageId === null) tally.withoutId += 1;
      else if (seen.has(entry.messageId)) repeated.set(entry.messageId, (repeated.get(entry.messageId) ?? 1) + 1);
      else {
        seen.add(entry.messageId);
        tally.distinct += 1;
      }
    },
    read: () => ({
      channels: Object.fromEntries([...tallies].map(([channel, tally]) => [channel, { ...tally }])),
      accepted: [...tallies.values()].reduce((sum, tally) => sum + tally.accepted, 0),
      distinct: seen.size,
      repeated: [...repeated].slice(0, repeatedShown).map(([messageId, times]) => ({ messageId, times })),
      repeatedIds: repeated.size,
    }),
  };
}
