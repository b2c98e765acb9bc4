/** Referee of limits: how many requests left for each key within any second, over all workers. */
import type { Departure } from "./departures.ts";

export type RateLimit = {
  readonly channel: string;
  readonly perSecond: number;
  /** Held by the whole account, or by each address by itself. */
  readonly each: "account" | "address";
};

export type Rate = RateLimit & {
  /** The most within any second. */
  readonly worst: number;
  /** That second's departures: the first for which it was so many. */
  readonly window: readonly Departure[];
};

/** `departures` in the order of time. */
export function worstSeconds(limits: readonly RateLimit[], departures: readonly Departure[]): Rate[] {
  return limits.map((limit) => {
    const keys = new Map<string, Departure[]>();
    for (const departure of departures.filter(({ channel }) => channel === limit.channel)) {
      const key = limit.each === "account" ? "" : departure.to;
      const own = keys.get(key);
      if (own) own.push(departure);
      else keys.set(key, [departure]);
    }
    let window: readonly Departure[] = [];
    for (const each of keys.values())
      for (let first = 0, last = 0; last < each.length; last++) {
        while ((each[first]?.at ?? 0) <= (each[last]?.at ?? 0) - 1_000) first++;
        if (last - first + 1 > window.length) window = each.slice(first, last + 1);
      }
    return { ...limit, worst: window.length, window };
  });
}
