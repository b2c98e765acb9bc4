/**
 * Judges whether sending moves, by the ledger alone: a worker can be deaf while everything about it looks healthy. It
 * stands still when something has been due for 10 s and nobody anywhere was given a permit for as long.
 */
export type Look = {
  /** Milliseconds of a steady clock. */
  readonly at: number;
  /** Something has been due for 10 s. */
  readonly isLate: boolean;
  /** When a permit was last given to this worker, by the same clock. */
  readonly lastPermitAt: number;
  /** A worker was given one just now, this or another. */
  readonly isSending: boolean;
  /** Providers have messages of ours in their hands: they keep us waiting, and no restart would help. */
  readonly isWaiting: boolean;
};

/** What to do about it: once each, in this order. */
export type Step = "alarm" | "rebuild" | "give_up" | "all_clear" | null;

export type Progress = {
  look(look: Look): Step;
  /** Nothing moves, and no provider is to blame. */
  isStuck(): boolean;
};

const stillAfterMs = 10_000;
const giveUpAfterMs = 30_000;
/** After a time without looks, as when the database was away, everything is late and nobody is to blame. */
const looksApartMs = 5_000;

type Trouble = { isWaiting: boolean; rebuiltAt: number | null; hasGivenUp: boolean };

export function openProgress(): Progress {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let movedAt = Number.NEGATIVE_INFINITY;
  let trouble: Trouble | null = null;

  function worsen(now: Trouble, at: number): Step {
    if (now.isWaiting || now.hasGivenUp) return null;
    if (now.rebuiltAt === null) {
      now.rebuiltAt = at;
      return "rebuild";
    }
    if (at - now.rebuiltAt < giveUpAfterMs) return null;
    now.hasGivenUp = true;
    return "give_up";
  }

  return {
    look({ at, isLate, lastPermitAt, isSending, isWaiting }) {
      if (at - lookedAt > looksApartMs || isSending) movedAt = at;
      lookedAt = at;
      movedAt = Math.max(movedAt, lastPermitAt);
      const isStill = isLate && at - movedAt >= stillAfterMs;
      if (!isStill) {
        const was = trouble;
        trouble = null;
        return was ? "all_clear" : null;
      }
      if (trouble) {
        trouble.isWaiting = isWaiting;
        return worsen(trouble, at);
      }
      trouble = { isWaiting, rebuiltAt: null, hasGivenUp: false };
      return "alarm";
    },
    isStuck: () => trouble !== null && !trouble.isWaiting,
  };
}
