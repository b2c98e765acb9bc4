/**
 * Notices that this process stood still: stopped, its event loop blocked, or the machine asleep, through which only the
 * wall's clock runs on. Whatever was true before such a gap is old news to everybody else.
 */
import { realTime, type Time } from "./time.ts";

export type Stalls = {
  /** Nothing has been noticed, and nothing is to be noticed, since that moment of `performance.now()`. */
  noneSince(moment: number): boolean;
  stop(): void;
};

const tickMs = 100;

export function watchStalls(of: { longerThanMs: number; onStall: (ms: number) => void; time?: Time }): Stalls {
  const { time = realTime } = of;
  const now = () => ({ steady: time.now(), wall: time.wall() });
  let last = now();
  let endedAt = Number.NEGATIVE_INFINITY;
  const gapMs = () => {
    const { steady, wall } = now();
    return Math.max(steady - last.steady, wall - last.wall);
  };
  const look = () => {
    const ms = gapMs();
    last = now();
    if (ms <= of.longerThanMs) return;
    endedAt = last.steady;
    of.onStall(Math.round(ms));
  };
  const stop = time.each(tickMs, look);
  return {
    noneSince: (moment) => moment > endedAt && gapMs() <= of.longerThanMs,
    stop,
  };
}
