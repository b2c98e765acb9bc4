/** What a worker tells the ledger, and what becomes of it when the database is away: nothing is guessed, nothing is forgotten. */
import { setTimeout as pause } from "node:timers/promises";
import { handBack } from "@chorus/db/lease";
import { type Permit, type PermitWish, permit } from "@chorus/db/permit";
import { type Result, recordResults } from "@chorus/db/result";
import type { World } from "./world.ts";

/** Longer than any carrier waits for its provider (RFC 5321 §4.5.3.2.6 asks for ten minutes after the final dot). */
const sendWithinMs = 12 * 60_000;

/** Nothing is sent on a permit whose answer was lost, and whatever it had already moved is moved back. */
export async function permitOrHandBack(world: World, wishes: readonly PermitWish[]): Promise<Permit[]> {
  try {
    return await permit(world.db, wishes, sendWithinMs);
  } catch (error) {
    world.log.error({ error: String(error), messages: wishes.length }, "permits.failed");
    // A permit that is still on its way to a server that stood still finds its lease gone.
    await untilDone(world, "permits.not_handed_back", () => handBack(world.db, wishes));
    return wishes.map(() => ({ is: "hand_back" }));
  }
}

/** A result is knowledge that exists nowhere else: while the database is away it is kept and told again. */
export async function recordUntilDone(world: World, results: readonly Result[]): Promise<null[]> {
  await untilDone(world, "results.unrecorded", () => recordResults(world.db, world.workerId, results));
  return results.map(() => null);
}

async function untilDone(world: World, name: string, work: () => Promise<void>): Promise<void> {
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 2_000)) {
    try {
      return await work();
    } catch (error) {
      world.log.error({ error: String(error) }, name);
      await pause(waitMs);
    }
  }
}
