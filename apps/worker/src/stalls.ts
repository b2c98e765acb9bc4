/**
 * Notices that this process stood still: stopped, its event loop blocked, or the machine asleep, through which only the
 * wall's clock runs on. Whatever was true before such a gap is old news to everybody else.
 */
export type Stalls = {
  /** Nothing has been noticed, and nothing is to be noticed, since that moment of `performance.now()`. */
  noneSince(moment: number): boolean;
  stop(): void;
};

const tickMs = 100;
const realClocks = { steady: () => performance.now(), wall: () => Date.now() };

export function watchStalls(of: {
  longerThanMs: number;
  onStall: (ms: number) => void;
  clocks?: typeof realClocks;
}): Stalls {
  const clocks = of.clocks ?? realClocks;
  const now = () => ({ steady: clocks.steady(), wall: clocks.wall() });
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
  const timer = setInterval(look, tickMs);
  timer.unref();
  return {
    noneSince: (moment) => moment > endedAt && gapMs() <= of.longerThanMs,
    stop: () => clearInterval(timer),
  };
}
