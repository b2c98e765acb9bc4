/** When the referee itself stood still: what its lines carry waits meanwhile, and reaches a stand-in later than it was sent. */
export type Standstills = {
  /** How much earlier it may have come to a line, if it passed at `at`. To be asked in the order of time. */
  waitedMs(at: number): number;
  stop(): void;
};

type Standstill = { readonly beganAt: number; readonly endedAt: number };

const tickMs = 20;
/** What came in a standstill has passed so long after it. */
const passedAfterMs = 100;

export function watchStandstills(): Standstills {
  const seen: Standstill[] = [];
  let next = 0;
  let last = Date.now();
  const timer = setInterval(() => {
    const endedAt = Date.now();
    if (endedAt - last > 2 * tickMs) seen.push({ beganAt: last, endedAt });
    last = endedAt;
  }, tickMs).unref();
  return {
    waitedMs(at) {
      while ((seen[next]?.endedAt ?? at) < at - passedAfterMs) next++;
      const { beganAt } = seen[next] ?? { beganAt: at };
      return Math.max(0, at - beganAt);
    },
    stop: () => clearInterval(timer),
  };
}
