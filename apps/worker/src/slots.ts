/**
 * How many messages of one carrier may be between permit and answer at once in this process: one on each of its lines,
 * and as many more as the lines can take while a permit is on its way. A fast relay is kept busy like this, and a slow one
 * has next to nothing permitted that it has not been handed yet: that would be a doubt if the process died.
 */
export type Slots = {
  /** Resolves with the function that gives the slot back. Whoever is urgent is served before all who are not. */
  take(how: { urgent: boolean }): Promise<() => void>;
  /** How long one permit and one hand-over took, in milliseconds. */
  measured(took: { permitMs: number; handOverMs: number }): void;
};

/** A figure of one moment counts for this part of the running mean. */
const weight = 1 / 32;
const aheadAtMost = 100;

/** `lines`: hand-overs that the carrier can have under way. */
export function openSlots(lines: number): Slots {
  let taken = 0;
  let ahead = 0;
  let mean: { permitMs: number; handOverMs: number } | null = null;
  const urgentQueue: (() => void)[] = [];
  const queue: (() => void)[] = [];

  const serve = () => {
    while (taken < lines + ahead) {
      const next = urgentQueue.shift() ?? queue.shift();
      if (!next) return;
      taken++;
      next();
    }
  };
  return {
    take: ({ urgent }) =>
      new Promise((resolve) => {
        let given = false;
        const giveBack = () => {
          if (given) return;
          given = true;
          taken--;
          serve();
        };
        (urgent ? urgentQueue : queue).push(() => resolve(giveBack));
        serve();
      }),
    measured({ permitMs, handOverMs }) {
      mean ??= { permitMs, handOverMs };
      mean.permitMs += weight * (permitMs - mean.permitMs);
      mean.handOverMs += weight * (handOverMs - mean.handOverMs);
      ahead = Math.min(aheadAtMost, Math.ceil((lines * mean.permitMs) / Math.max(mean.handOverMs, 0.1)));
      serve();
    },
  };
}
