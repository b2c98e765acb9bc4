/**
 * A simulated process. Whatever its code waits for goes through here, so it can be killed at any point where it waits
 * (what was to come never comes) and stopped (what was to come comes afterwards, in any order, while all clocks ran on).
 */
import type { Time } from "../src/time.ts";
import type { Timeline } from "./timeline.ts";

export type Process = {
  readonly name: string;
  readonly time: Time;
  isAlive(): boolean;
  /** It was killed, and what it knew is lost. */
  hasDied(): boolean;
  isStopped(): boolean;
  /** Runs something in this process after so long, if it lives by then. Returns what calls it off. */
  deliver(ms: number, run: () => void): () => void;
  kill(): void;
  /** It ends by itself. */
  exit(): void;
  stop(ms: number): void;
  /** So much time is skipped: to it, none has passed. */
  rest(ms: number): void;
  /** Moves its wall clock. */
  setClock(byMs: number): void;
};

/** Of `each`: between two events that a process hears of, all its ticks would see the same, so one is enough. */
type Ticks = { readonly everyMs: number; readonly look: () => void; at: number };

export function openProcess(name: string, timeline: Timeline, onEnd: () => void): Process {
  let alive = true;
  let died = false;
  let stoppedUntil = 0;
  let skewMs = 0;
  let restedMs = 0;
  /** It has gone on after a stop, and its ticks have not run yet. */
  let mayHaveMissed = false;
  const ticks = new Set<Ticks>();

  const now = () => timeline.now() - restedMs;
  const tick = () => {
    for (const each of ticks) {
      if (now() - each.at < each.everyMs) continue;
      each.at = now();
      each.look();
    }
  };
  const wake = (run: () => void): void => {
    if (!alive) return;
    const waitMs = stoppedUntil - timeline.now();
    if (waitMs > 0) return void timeline.after(waitMs, () => wake(run));
    if (!mayHaveMissed) tick();
    run();
  };
  const deliver = (ms: number, run: () => void) => {
    let isOff = false;
    const cancel = timeline.after(ms, () => wake(() => isOff || run()));
    return () => {
      isOff = true;
      cancel();
    };
  };
  const end = () => {
    if (alive) onEnd();
    alive = false;
  };
  return {
    name,
    time: {
      now,
      wall: () => now() + skewMs,
      after: deliver,
      afterTurn: (run) => void deliver(0, run),
      each(everyMs, look) {
        const each = { everyMs, look, at: now() };
        ticks.add(each);
        return () => void ticks.delete(each);
      },
    },
    isAlive: () => alive,
    isStopped: () => alive && stoppedUntil > timeline.now(),
    deliver,
    hasDied: () => died,
    kill() {
      died ||= alive;
      end();
    },
    exit: end,
    stop(ms) {
      if (!mayHaveMissed) tick();
      mayHaveMissed = true;
      stoppedUntil = Math.max(stoppedUntil, timeline.now() + ms);
      deliver(0, () => {
        tick();
        mayHaveMissed = false;
      });
    },
    rest(ms) {
      restedMs += ms;
    },
    setClock(byMs) {
      skewMs += byMs;
    },
  };
}
