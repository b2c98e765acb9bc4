/** The wire log counted: how many of what, how many different messages, and which of them were taken more than once. */
import type { WireChannel, WireEntry, WireEvent } from "./wire-log.ts";

export type ChannelCount = Readonly<Record<WireEvent, number>> & {
  /** Different `msg_…` ids among the accepted. */
  readonly distinct: number;
  /** Accepted without an id of ours: other clients' messages. */
  readonly withoutId: number;
};

export type WireCount = {
  readonly channels: Readonly<Record<WireChannel, ChannelCount>>;
  readonly accepted: number;
  readonly distinct: number;
  /** Ids accepted more than once: the first thousand of them, and how many there are. */
  readonly repeated: readonly { messageId: string; times: number }[];
  readonly repeatedIds: number;
};

const repeatedShown = 1000;
const channels = ["email", "sms", "slack"] as const;
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
  const tallies: Record<WireChannel, Tally> = { email: emptyTally(), sms: emptyTally(), slack: emptyTally() };
  const seen = new Set<string>();
  const repeated = new Map<string, number>();
  return {
    add(entry) {
      const tally = tallies[entry.channel];
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
      channels: { email: { ...tallies.email }, sms: { ...tallies.sms }, slack: { ...tallies.slack } },
      accepted: channels.reduce((sum, channel) => sum + tallies[channel].accepted, 0),
      distinct: seen.size,
      repeated: [...repeated].slice(0, repeatedShown).map(([messageId, times]) => ({ messageId, times })),
      repeatedIds: repeated.size,
    }),
  };
}
