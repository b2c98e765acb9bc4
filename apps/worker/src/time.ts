/** Time as a process lives it. What waits is handed one, so that a simulation can be who lets it pass. */
export type Time = {
  /** Milliseconds of a clock that never jumps and has no date. */
  now(): number;
  /** Milliseconds of the clock on the wall, which may jump and runs on while the machine sleeps. */
  wall(): number;
  /** Once, unless the function that it returns is called before. */
  after(ms: number, run: () => void): () => void;
  /** When this turn of the event loop is over. */
  afterTurn(run: () => void): void;
  /** Again and again, without keeping the process alive, until the function that it returns is called. */
  each(ms: number, run: () => void): () => void;
};

export const realTime: Time = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  afterTurn: (run) => void setImmediate(run),
  each(ms, run) {
    const timer = setInterval(run, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

export const sleep = (time: Pick<Time, "after">, ms: number): Promise<void> =>
  new Promise((resolve) => void time.after(ms, resolve));
