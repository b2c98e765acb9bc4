/** Time that passes only when a test lets it. */
import type { Time } from "./time.ts";

export type TestTime = Pick<Time, "now" | "after"> & {
  /** Plays what falls into the next so many milliseconds, one after the other, with all that follows from each. */
  run(ms: number): Promise<void>;
};

/** Enough for any chain of promises here. */
const turns = 20;

export function openTestTime(): TestTime {
  let at = 0;
  const alarms = new Set<{ readonly at: number; readonly ring: () => void }>();
  return {
    now: () => at,
    after(ms, ring) {
      const alarm = { at: at + ms, ring };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
    async run(ms) {
      const end = at + ms;
      for (;;) {
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        const [next] = [...alarms].sort((one, other) => one.at - other.at);
        if (!next || next.at > end) break;
        alarms.delete(next);
        at = Math.max(at, next.at);
        next.ring();
      }
      at = end;
    },
  };
}
