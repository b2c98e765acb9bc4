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

/** `step` is the last that was taken: none while only one look has seen it, for a blocked carrier is free for a moment. */
type Trouble = { step: Exclude<Step, "all_clear">; isWaiting: boolean; rebuiltAt: number };

export function openProgress(): Progress {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let movedAt = Number.NEGATIVE_INFINITY;
  let trouble: Trouble | null = null;

  function calm(): Step {
    const wasTold = trouble !== null && trouble.step !== null;
    trouble = null;
    return wasTold ? "all_clear" : null;
  }

  return {
    look({ at, isLate, lastPermitAt, isSending, isWaiting }) {
      if (at - lookedAt > looksApartMs || isSending) movedAt = at;
      lookedAt = at;
      movedAt = Math.max(movedAt, lastPermitAt);
      if (!isLate || at - movedAt < stillAfterMs) return calm();
      if (trouble === null) {
        trouble = { step: null, isWaiting, rebuiltAt: 0 };
        return null;
      }
      trouble.isWaiting = isWaiting;
      const step = nextStep(trouble, at);
      if (step === "rebuild") trouble.rebuiltAt = at;
      trouble.step = step ?? trouble.step;
      return step;
    },
    isStuck: () => trouble !== null && trouble.step !== null && !trouble.isWaiting,
  };
}

function nextStep({ step, isWaiting, rebuiltAt }: Trouble, at: number): Trouble["step"] {
  if (step === null) return "alarm";
  if (isWaiting) return null;
  if (step === "alarm") return "rebuild";
  return step === "rebuild" && at - rebuiltAt >= giveUpAfterMs ? "give_up" : null;
}
