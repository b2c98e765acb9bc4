/**
 * One execution of a campaign.
 *
 *   sending ⇄ paused → finished          sending starts while the audience is still being expanded
 *   sending | paused → cancelling → cancelled
 *   due → missed (too late) | held (not what was approved): both ask a person, who resumes or cancels them
 *   finished | cancelled → sending                   what never left is sent after all
 *   finished → sending, cancelled → cancelling       a message of it is proven unsent, and open again
 */
export const runStates = ["sending", "paused", "finished", "cancelling", "cancelled", "missed", "held"] as const;
export type RunState = (typeof runStates)[number];
export type RunAction = "pause" | "resume" | "cancel";

const moves: Record<RunAction, Partial<Record<RunState, RunState>>> = {
  pause: { sending: "paused", paused: "paused" },
  resume: { paused: "sending", held: "sending", missed: "sending", sending: "sending" },
  cancel: {
    sending: "cancelling",
    paused: "cancelling",
    held: "cancelling",
    missed: "cancelling",
    cancelling: "cancelling",
    cancelled: "cancelled",
  },
};

/** Answers the state after the action, or null where it makes no sense. Doing it twice is no error. */
export const moveRun = (from: RunState, action: RunAction): RunState | null => moves[action][from] ?? null;
export const statesFor = (action: RunAction): RunState[] => Object.keys(moves[action]) as RunState[];

/** What a run that had ended becomes when one of its messages is open again. */
export const reopenedRun = { finished: "sending", cancelled: "cancelling" } as const satisfies Partial<
  Record<RunState, RunState>
>;
