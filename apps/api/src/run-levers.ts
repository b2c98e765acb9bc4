/** What every lever on runs does after it was pulled: knocks, and says what became of it. */
import type { RunAction, RunState } from "@chorus/core/run";
import type { Moved } from "@chorus/db/runs";
import type { Refusal } from "./problem.ts";
import type { World } from "./world.ts";

export type MovedRun = Extract<Moved, { is: "moved" }>;

/** Answers the runs that moved, newest first as they came. */
export async function knockMoved(world: World, action: RunAction, moves: readonly Moved[]): Promise<MovedRun[]> {
  const moved = moves.filter((each) => each.is === "moved");
  if (action === "resume") for (const { runId } of moved) await world.producer.knock("expandAudience", { runId });
  return moved;
}

export const runRef = (world: World, { runId, state }: Pick<MovedRun, "runId" | "state">) => ({
  id: world.seal.seal("run", runId),
  state,
});

/** Said of the newest of those that did not move. */
export function refusedMove(action: string, moves: readonly Moved[]): Refusal {
  const state: RunState | "gone" = moves[0]?.state ?? "gone";
  return refusedInState(state, `The run is ${state}; there is nothing to ${action}.`);
}

export const refusedInState = (state: string, message: string): Refusal => ({
  is: "conflict",
  detail: message,
  errors: [{ path: "run.state", code: "run.state", message, got: state }],
  also: { state },
});
