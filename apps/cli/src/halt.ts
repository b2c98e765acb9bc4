/**
 * One way to stop everything that waits: the first Ctrl-C, or a process of ours that died, aborts the signal that every
 * wait is given. A second Ctrl-C does not wait for anything any more.
 */
import { constants } from "node:os";

export type Halt = {
  readonly signal: AbortSignal;
  /** Set once somebody asked us to end: the exit code that says so, 128 + n after signal n. */
  asked(): number | null;
  /** Stops the waiting because something broke. */
  fail(error: Error): void;
  /** What to do, in a moment and without waiting, when asked a second time. */
  onSecond(act: () => void): void;
  /** Signals are ours no longer. */
  release(): void;
};

export function openHalt(say: (line: string) => void): Halt {
  const controller = new AbortController();
  const abrupt: (() => void)[] = [];
  let code: number | null = null;
  const hear = (name: NodeJS.Signals) => {
    if (code !== null) {
      for (const act of abrupt) act();
      process.exit(code);
    }
    code = 128 + constants.signals[name];
    say("\nStopping. Once more ends everything at once.");
    controller.abort(new Error("Stopped before it was done."));
  };
  const heard = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of heard) process.on(name, hear);
  return {
    signal: controller.signal,
    asked: () => code,
    fail: (error) => controller.abort(error),
    onSecond: (act) => abrupt.push(act),
    release() {
      for (const name of heard) process.off(name, hear);
    },
  };
}

/** Resolves when somebody asks us to end; throws when something breaks before. */
export function untilStopped(halt: Halt): Promise<void> {
  return new Promise((resolve, reject) => {
    const heed = () => (halt.asked() === null ? reject(halt.signal.reason) : resolve());
    if (halt.signal.aborted) heed();
    else halt.signal.addEventListener("abort", heed, { once: true });
  });
}
