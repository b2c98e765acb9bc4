/**
 * The ledger as a pump sees it: take, may I, this became of it. Permits and results gather into batches, because one
 * durable statement for each message would cost a disk flush each.
 */
import type { Id, MessageRef } from "@chorus/core/id";
import { sendWithinMs } from "@chorus/core/message";
import { blockCarrier, closeCircuit, pauseCarrier, returnProbe, takeProbe } from "@chorus/db/circuit";
import { proveUnsent } from "@chorus/db/doubts";
import { handBack, type Leased, type LeaseWish, lease } from "@chorus/db/lease";
import type { Db } from "@chorus/db/open";
import { type Permit, type PermitWish, permit } from "@chorus/db/permit";
import { type Result, recordResults } from "@chorus/db/result";
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
  /** Surely not handed over at this attempt: a doubt that was listed meanwhile is none. */
  proveUnsent(attempts: readonly (MessageRef & { readonly attempt: number })[]): Promise<void>;
  readonly circuit: Circuit;
  /** Waits until every result told so far is recorded. */
  settled(): Promise<void>;
};

type OfChannel = { readonly workspaceId: Id; readonly channel: string };

/** The row of a provider account that all workers look at (packages/db/src/circuit.ts). */
export type Circuit = {
  block(of: OfChannel & { forMs: number; because: string; failures: number }): Promise<void>;
  /** True: it was not paused before. */
  pause(of: OfChannel & { because: string }): Promise<boolean>;
  takeProbe(of: OfChannel): Promise<{ forMs: number } | null>;
  returnProbe(of: OfChannel): Promise<void>;
  close(of: OfChannel): Promise<void>;
};

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
    proveUnsent: (attempts) => proveUnsent(db, attempts),
    circuit: {
      block: (of) => blockCarrier(db, db.sql, of),
      pause: (of) => pauseCarrier(db, db.sql, of),
      takeProbe: (of) => takeProbe(db, of),
      returnProbe: (of) => returnProbe(db, of),
      close: (of) => closeCircuit(db, of),
    },
    settled: results.settled,
  };
}

/** Nothing is sent on a permit whose answer was lost, and whatever it had already moved is moved back. */
async function permitOrHandBack(place: Place, wishes: readonly PermitWish[]): Promise<Permit[]> {
  try {
    return await permit(place.db, wishes, sendWithinMs);
  } catch (error) {
    place.log.error({ error: String(error), messages: wishes.length }, "permits.failed");
    // A permit that is still on its way to a server that stood still finds its lease gone.
    await untilDone(place, "permits.not_handed_back", () => handBack(place.db, wishes));
    return wishes.map(() => ({ is: "hand_back" }));
  }
}

/** A result is knowledge that exists nowhere else: while the database is away it is kept and told again. */
async function recordUntilDone(place: Place, results: readonly Result[]): Promise<undefined[]> {
  const record = async () => {
    const held = await recordResults(place.db, place.workerId, results);
    for (const runId of held) place.log.error({ runId }, "run.held");
  };
  await untilDone(place, "results.unrecorded", record);
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
