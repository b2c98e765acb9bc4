/** Referee of limits: how often each key was asked within any second, by the provider's own clock, less what the way takes. */
import type { WireChannel, WireEntry } from "@chorus/sandbox/wire-log";

export type RateLimit = {
  readonly channel: WireChannel;
  readonly perSecond: number;
  /** Held by the whole account, or by each address by itself. */
  readonly each: "account" | "address";
  /**
   * Counted within so long. A worker lets a request go at its moment; from there it crosses two busy processes to the
   * stand-in, on cores that nine share, and one that was held up stands beside the next. Whole seconds, on a direct way, are
   * counted by the test of the limits (D15).
   */
  readonly withinMs: number;
};

export type Rate = RateLimit & {
  /** The most within any such window that ends with a request. */
  readonly worst: number;
  /** That window's requests: the first for which it was so many. */
  readonly window: readonly Asked[];
};

type Asked = Pick<WireEntry, "at" | "lateMs" | "to" | "event">;

const asks = new Set<WireEntry["event"]>(["accepted", "refused", "rate_limited", "failed"]);

export function openRates(limits: readonly RateLimit[]): { add(entry: WireEntry): void; worst(): Rate[] } {
  const counted = limits.map((limit) => ({ ...limit, worst: 0, window: [] as readonly Asked[] }));
  const recent = new Map<string, readonly Asked[]>();
  return {
    add({ channel, at, lateMs, to, event }) {
      const limit = counted.find((each) => each.channel === channel);
      if (!limit || !asks.has(event)) return;
      const key = limit.each === "account" ? channel : `${channel} ${to}`;
      const since = Date.parse(at) - limit.withinMs;
      const within = [...(recent.get(key) ?? []).filter((each) => cameAt(each) > since), { at, lateMs, to, event }];
      recent.set(key, within);
      if (within.length > limit.worst) Object.assign(limit, { worst: within.length, window: within });
    },
    worst: () => counted.map((each) => ({ ...each })),
  };
}

/** The earliest that it can have been: what stood before a stand-in that stood still had come before. */
const cameAt = ({ at, lateMs = 0 }: Asked): number => Date.parse(at) - lateMs;
