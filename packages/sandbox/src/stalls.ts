/** Notices that this process stood still, so that the log can say how much earlier something may have come than it was seen. */
export type Stalls = {
  /** Milliseconds since the last standstill began, while what came in it is still being looked at; otherwise 0. */
  lateMs(): number;
  stop(): void;
};

const tickMs = 20;
/** What came in a standstill has been seen so long after it. */
const seenAfterMs = 100;

export function watchStalls(): Stalls {
  let last = performance.now();
  let stall = { beganAt: 0, endedAt: Number.NEGATIVE_INFINITY };
  const look = () => {
    const now = performance.now();
    if (now - last > 2 * tickMs) stall = { beganAt: last, endedAt: now };
    last = now;
  };
  const timer = setInterval(look, tickMs).unref();
  return {
    lateMs() {
      look();
      return last - stall.endedAt < seenAfterMs ? Math.round(last - stall.beganAt) : 0;
    },
    stop: () => clearInterval(timer),
  };
}
