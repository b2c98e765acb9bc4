/**
 * The ledger as a pump sees it: take, may I, this became of it. Permits and results gather into batches, because one
 * durable statement for each message would cost a disk flush each.
 */
import type { Id, MessageRef } from "@chorus/core/id";
import { sendWithinMs } from "@chorus/core/message";
import type { Block } from "@chorus/db/circuit";
import type { Doubt, DoubtAnswer, HandOverRef } from "@chorus/db/doubts";
import type { Back, Leased, LeaseWish } from "@chorus/db/lease";
import type { LeftBehind } from "@chorus/db/left-behind";
import type { Permit, PermitWish } from "@chorus/db/permit";
import type { Result } from "@chorus/db/result";
import type { Swept } from "@chorus/db/sweep";
import type { VitalSigns } from "@chorus/db/workers";
import type { Logger } from "pino";
import { openBatcher } from "./batcher.ts";
import { realTime, sleep, type Time } from "./time.ts";

export type Ledger = {
  lease(wish: Omit<LeaseWish, "workerId">): Promise<Leased[]>;
  /** Answers, always: a permit that could not be asked for is one that was not given. */
  permit(wish: PermitWish): Promise<Permit>;
  /** Ends when it is recorded, however long the database is away. */
  record(result: Result): Promise<void>;
  /** What was leased, and surely not handed over, goes back to waiting. */
  handBack(message: Back): Promise<void>;
  /**
   * What was permitted, and surely not handed over at this attempt, goes back to waiting; a doubt that was listed meanwhile is
   * none. Ends when it is recorded: nobody else knows.
   */
  proveUnsent(handOvers: readonly (PermitWish & HandOverRef)[]): Promise<void>;
  readonly circuit: Circuit;
  readonly doubts: Doubts;
  /** Moves whatever should have moved and has not. Null: another worker is at it. */
  sweep(): Promise<Swept | null>;
  /** Says that this worker lives. False: it had been silent for so long that others may have taken it for dead. */
  beat(signs: VitalSigns): Promise<boolean>;
  /** Waits until every result told so far is recorded. */
  settled(): Promise<void>;
};

type OfChannel = { readonly workspaceId: Id; readonly channel: string };

/** The row of a provider account that all workers look at (packages/db/src/circuit.ts). */
export type Circuit = {
  block(of: OfChannel & Block): Promise<void>;
  /** True: it was not paused before. */
  pause(of: OfChannel & { because: string }): Promise<boolean>;
  takeProbe(of: OfChannel): Promise<{ forMs: number } | null>;
  returnProbe(of: OfChannel): Promise<void>;
  close(of: OfChannel): Promise<void>;
};

/** Hand-overs whose answer is unknown (packages/db/src/doubts.ts). */
export type Doubts = {
  /** Those whose time has come. */
  take(limit: number): Promise<Doubt[]>;
  answer(of: MessageRef & { attempt: number; answer: DoubtAnswer }): Promise<void>;
  /** Those that a worker left; null for one that the ledger does not know. */
  leftBehind(workerId: Id): Promise<LeftBehind | null>;
  /** Surely not handed over, and so they go out again. */
  settleUnsent(handOvers: readonly HandOverRef[]): Promise<void>;
};

/** The ledger's steps as the database takes them, a batch at a time. Each may fail with its outcome unknown. */
export type Steps = Pick<Ledger, "circuit" | "doubts" | "sweep"> & {
  lease(wish: LeaseWish): Promise<Leased[]>;
  permit(wishes: readonly PermitWish[], sendWithinMs: number): Promise<Permit[]>;
  /** Answers the runs that are held from now on. */
  record(workerId: Id, results: readonly Result[]): Promise<Id[]>;
  handBack(messages: readonly Back[]): Promise<void>;
  proveUnsent(handOvers: readonly HandOverRef[]): Promise<void>;
  /** The doubts that stand about these messages and were listed as this worker's. */
  doubtsOf(workerId: Id, messageIds: readonly Id[]): Promise<HandOverRef[]>;
  beat(workerId: Id, signs: VitalSigns): Promise<boolean>;
};

const batchAtMost = 500;
/**
 * A permit of fifty messages costs PostgreSQL half of what five of ten cost, and the worker a fifth of the writes. What a
 * result waits for company is added to the time that is in doubt if the process dies.
 */
const batchEveryMs = 50;

type Place = { readonly steps: Steps; readonly workerId: Id; readonly log: Logger; readonly time?: Time };

export function openLedger(of: Place): Ledger {
  const place = { time: realTime, permitted: new Set<string>(), ...of };
  const { steps, workerId, time } = place;
  const permits = openBatcher<PermitWish, Permit>({
    atMost: batchAtMost,
    everyMs: batchEveryMs,
    time,
    run: (wishes) => permitOrHandBack(place, wishes),
  });
  const results = openBatcher<Result, undefined>({
    atMost: batchAtMost,
    everyMs: batchEveryMs,
    time,
    run: (batch) => recordUntilDone(place, batch),
  });
  const backs = openBatcher<Back, void>({
    atMost: batchAtMost,
    everyMs: batchEveryMs,
    time,
    run: async (messages) => {
      await steps.handBack(messages);
      return [];
    },
  });
  return {
    lease: (wish) => steps.lease({ ...wish, workerId }),
    permit: permits.ask,
    record: results.ask,
    handBack: backs.ask,
    proveUnsent: (handOvers) =>
      untilDone(place, "hand_overs.not_handed_back", async () => {
        await steps.handBack(handOvers);
        await steps.proveUnsent(handOvers);
        for (const each of handOvers) place.permitted.delete(nameOf(each));
      }),
    circuit: steps.circuit,
    doubts: steps.doubts,
    sweep: steps.sweep,
    beat: (signs) => steps.beat(workerId, signs),
    settled: results.settled,
  };
}

/** `permitted`: the hand-overs that this process was permitted, until their end is told; of one in doubt it never is. */
type Opened = Required<Place> & { readonly permitted: Set<string> };

const nameOf = ({ messageId, attempt }: Pick<HandOverRef, "messageId" | "attempt">) => `${messageId} ${attempt}`;

/** Nothing is sent on a permit whose answer was lost, and whatever it had already moved is moved back. */
async function permitOrHandBack(place: Opened, wishes: readonly PermitWish[]): Promise<Permit[]> {
  try {
    const permits = await place.steps.permit(wishes, sendWithinMs);
    wishes.forEach(({ messageId }, index) => {
      const permit = permits[index];
      if (permit?.is === "send") place.permitted.add(nameOf({ messageId, attempt: permit.attempt }));
    });
    return permits;
  } catch (error) {
    place.log.error({ error: String(error), messages: wishes.length }, "permits.failed");
    // A permit that is still on its way to a server that stood still finds its lease gone.
    await untilDone(place, "permits.not_handed_back", () => handBackUnheard(place, wishes));
    return wishes.map(() => ({ is: "hand_back" }));
  }
}

/**
 * With the database away for long, others list as doubt what was permitted here and never heard of. Permits are asked for
 * one batch after the other, so whatever this process has not heard of by now it has handed to nobody.
 */
async function handBackUnheard({ steps, workerId, permitted }: Opened, wishes: readonly PermitWish[]): Promise<void> {
  await steps.handBack(wishes);
  const messageIds = wishes.map(({ messageId }) => messageId);
  const doubts = await steps.doubtsOf(workerId, messageIds);
  await steps.proveUnsent(doubts.filter((doubt) => !permitted.has(nameOf(doubt))));
}

/** A result is knowledge that exists nowhere else: while the database is away it is kept and told again. */
async function recordUntilDone(place: Opened, results: readonly Result[]): Promise<undefined[]> {
  const record = async () => {
    const held = await place.steps.record(place.workerId, results);
    for (const runId of held) place.log.error({ runId }, "run.held");
  };
  await untilDone(place, "results.unrecorded", record);
  for (const each of results) if (each.settlement.is !== "in_doubt") place.permitted.delete(nameOf(each));
  return results.map(() => undefined);
}

async function untilDone(place: Opened, name: string, work: () => Promise<void>): Promise<void> {
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, 2_000)) {
    try {
      return await work();
    } catch (error) {
      place.log.error({ error: String(error) }, name);
      await sleep(place.time, waitMs);
    }
  }
}
