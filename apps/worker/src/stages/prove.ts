/** Settles doubts that workers left on this machine: what has no note at their gate never left, and goes out again. */
import type { Id } from "@chorus/core/id";
import type { LeftBehind } from "@chorus/db/left-behind";
import { permitMs } from "@chorus/db/permit";
import type { World } from "../world.ts";

/** More than this machine's clock may differ from the database's (clock.ts). */
const clocksDifferMs = 5_000;

type Doubt = LeftBehind["doubts"][number];

/**
 * A doubt is looked up when it has been known for longer than a permit opens the gate, by this machine's own clock: a
 * worker that only stood still must have found it closed by then, whatever the database's clock did meanwhile.
 */
export function openProof(world: World): () => Promise<void> {
  let knownSince = new Map<string, number>();
  return async () => {
    const known = knownSince;
    knownSince = new Map();
    const isRipe = ({ messageId, attempt }: Doubt): boolean => {
      const key = `${messageId}/${attempt}`;
      const since = known.get(key) ?? world.time.now();
      knownSince.set(key, since);
      return world.time.now() - since > permitMs;
    };
    for (const workerId of await world.gate.others()) {
      const left = await world.ledger.doubts.leftBehind(workerId);
      const ripe = left?.doubts.filter(isRipe) ?? [];
      if (left && ripe.length > 0) await prove(world, workerId, { ...left, doubts: ripe });
      if (!left || (left.isAll && ripe.length === left.doubts.length)) await world.gate.remove(workerId);
    }
  };
}

async function prove(world: World, workerId: Id, { doubts, knownUntil }: LeftBehind): Promise<void> {
  const notes = await world.gate.read(workerId);
  // Notes from after the last that this database knows of the worker: it is a copy from before.
  if (!notes || notes.lastAt.getTime() > knownUntil.getTime() + clocksDifferMs) return;
  const unsent = doubts.filter((doubt) => !notes.has(doubt));
  if (unsent.length === 0) return;
  await world.ledger.doubts.settleUnsent(unsent);
  world.log.info({ workerId, messages: unsent.length }, "doubts.never_left");
}
