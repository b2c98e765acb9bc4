/**
 * The ledger as a pump sees it: take, may I, this became of it. Permits and results gather into batches, because one
 * durable statement for each message would cost a disk flush each.
 */
import type { Id } from "@chorus/core/id";
import { handBack, type Leased, type LeaseWish, lease } from "@chorus/db/lease";
import type { Db } from "@chorus/db/open";
import { type Permit, type PermitWish, permit } from "@chorus/db/permit";
import { blockCarrier, type Result, recordResults } from "@chorus/db/result";
import type { Logger } from "pino";
import { openBatcher } from "./batcher.ts";

export type Ledger = {
  lease(wish: Omit<LeaseWish, "workerId">): Promise<Leased[]>;
  /** Answers, always: a permit that could not be asked for is one that was not given. */
  permit(wish: PermitWish): Promise<Permit>;
  /** Ends when it is recorded, however long the database is away. */
  record(result: Result): Promise<void>;
  /** What was leased or permitted, and surely not handed over, goes back to waiting. */
  handBack(messages: readonly PermitWish[]): Promise<void>;
  /** Nobody hands this workspace's carrier of the channel anything for so long. */
  block(of: { workspaceId: Id; channel: string; forMs: number; because: string }): Promise<void>;
  /** Waits until every result told so far is recorded. */
  settled(): Promise<void>;
};

/** Longer than any carrier waits for its provider (RFC 5321 §4.5.3.2.6 asks for ten minutes after the final dot). */
const sendWithinMs = 12 * 60_000;
const batchAtMost = 500;
/** What a permit waits for company is added to the time that is in doubt if the process dies; a result's is too. */
const batchEveryMs = 5;

type Place = { readonly db: Db; readonly workerId: Id; readonly log: Logger };

export function openLedger(place: Place): Ledger {
  const { db, workerId } = place;
  const permits = openBatcher<PermitWish, Permit>({
    atMost: batchAtMost,
    everyMs: batchEveryMs,
    run: (wishes) => permitOrHandBack(place, wishes),
  });
  const results = openBatcher<Result, undefined>({
    atMost: batchAtMost,
    everyMs: batchEveryMs,
    run: (batch) => recordUntilDone(place, batch),
  });
  return {
    lease: (wish) => lease(db, { ...wish, workerId }),
    permit: permits.ask,
    record: results.ask,
    handBack: (messages) => handBack(db, messages),
    block: (of) => blockCarrier(db, of),
    settled: results.settled,
  };
}

/** Nothing is sent on a permit whose answer was lost, and whatever it had already moved is moved back. */
async function permitOrHandBack(place: Place, wishes: readonly PermitWish[]): Promise<Permit[]> {
  try {
    return await permit(place.db, wishes, sendWithinMs);
  } catch (error) {
    place.log.error({ error: String(error), messages: wishes.length }, "permits.failed");
    await untilDone(place, "permits.not_handed_back", () => handBack(place.db, wishes));
    return wishes.map(() => ({ is: "hand_back" }));
  }
}

/** A result is knowledge that exists nowhere else: while the database is away it is kept and told again. */
async function recordUntilDone(place: Place, results: readonly Result[]): Promise<undefined[]> {
  await untilDone(place, "results.unrecorded", () => recordResults(place.db, place.workerId, results));
  return results.map(() => undefined);
}

async function untilDone(place: Place, name: string, work: () => Promise<void>): Promise<void> {
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 2_000)) {
    try {
      return await work();
    } catch (error) {
      place.log.error({ error: String(error) }, name);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}
