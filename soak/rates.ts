/** Referee of limits: how often each key was asked within any second, by the provider's own clock, less what the way takes. */
import type { WireChannel, WireEntry } from "@chorus/sandbox/wire-log";

export type RateLimit = {
  readonly channel: WireChannel;
  readonly perSecond: number;
  /** Held by the whole account, or by each address by itself. */
  readonly each: "account" | "address";
};

export type Rate = RateLimit & {
  /** The most within any such window that ends with a request. */
  readonly worst: number;
};

/**
 * A worker lets a request go at its moment; here it then crosses two busy processes to the stand-in, on cores that nine share.
 * A request that was held up for so long stands beside the next one. Whole seconds, on a direct way, are counted by the test
 * of the limits (D15).
 */
const windowMs = 900;
const asks = new Set<WireEntry["event"]>(["accepted", "refused", "rate_limited", "failed"]);

export function openRates(limits: readonly RateLimit[]): { add(entry: WireEntry): void; worst(): Rate[] } {
  const counted = limits.map((limit) => ({ ...limit, worst: 0 }));
  const recent = new Map<string, number[]>();
  return {
    add({ event, channel, to, at }) {
      const limit = counted.find((each) => each.channel === channel);
      if (!limit || !asks.has(event)) return;
      const key = limit.each === "account" ? channel : `${channel} ${to}`;
      const now = Date.parse(at);
      const within = (recent.get(key) ?? []).filter((then) => then > now - windowMs);
      within.push(now);
      recent.set(key, within);
      limit.worst = Math.max(limit.worst, within.length);
    },
    worst: () => counted.map((each) => ({ ...each })),
  };
}
