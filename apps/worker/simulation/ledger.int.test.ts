/**
 * The simulated ledger and PostgreSQL are one machine: the same random steps, stale and senseless ones among them, at the
 * same moments, give the same answers and leave the same rows.
 */
import type { Id } from "@chorus/core/id";
import { type Entry, isDoubtful } from "@chorus/core/ledger";
import { type MessageClass, type Settlement, sendWithinMs } from "@chorus/core/message";
import type { RunAction } from "@chorus/core/run";
import type { DoubtAnswer } from "@chorus/db/doubts";
import { recordProviderEvents } from "@chorus/db/events";
import { moveRunOf } from "@chorus/db/runs";
import { suppress } from "@chorus/db/suppressions";
import { sweep } from "@chorus/db/sweep";
import { retireWorker } from "@chorus/db/workers";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Steps } from "../src/ledger.ts";
import { stepsIn } from "../src/steps.ts";
import { onlyWorkspace } from "./ledger.ts";
import type { Message } from "./ledger-rows.ts";
import { openRandom, type Random } from "./random.ts";
import { type BothLedgers, openBothDatabases, simulatedState, storedState } from "./test-both-ledgers.ts";

const worlds = 40;
const stepsInEach = 100;
/** Milliseconds between two steps: within a lease as a rule, and now and then beyond it, and beyond a doubt's first look. */
const pauses = [...Array<number>(10).fill(1), 30, 30, 30, 300, 300, 300, 2_000, 2_000, 2_000, 11_000, 61_000];

let databases: Awaited<ReturnType<typeof openBothDatabases>>;
beforeAll(async () => {
  databases = await openBothDatabases();
});
afterAll(() => databases.close());

it(`D24: ${worlds * stepsInEach} random steps give the same answers and the same rows in PostgreSQL and in the simulated ledger`, {
  timeout: 600_000,
}, async () => {
  const taken = new Map<string, number>();
  const reasons = new Set<string | null>();
  for (let seed = 1; seed <= worlds; seed++) {
    const random = openRandom(seed);
    const both = await databases.begin(random);
    // Between two steps no time passes, and workers look through all that is due only in turn.
    const real = { ...stepsIn(both.db), sweep: () => sweep(both.db) };
    const hand: Hand = { both, random, real, leases: [], tokens: new Map(), keys: 0 };
    for (let step = 1; step <= stepsInEach; step++) {
      const name = random.pick(urn);
      await both.pass(random.pick(pauses));
      const [simulated, real] = await moves[name](hand);
      const at = `seed ${seed}, step ${step}, ${name}`;
      expect(real, at).toEqual(simulated);
      const stored = await storedState(both);
      expect(stored, at).toEqual(simulatedState(both.rows, (token) => hand.tokens.get(token) ?? token));
      taken.set(name, (taken.get(name) ?? 0) + 1);
    }
    for (const { entry } of both.rows.messages.values()) reasons.add(entry.reason);
  }
  expect([...taken.keys()].sort()).toEqual([...names].sort());
  expect([...reasons]).toEqual(expect.arrayContaining(["suppressed", "frequency_cap"]));
});

/** What a worker has in its hands, in both worlds. */
type Hand = {
  readonly both: BothLedgers;
  readonly random: Random;
  readonly real: Steps;
  /** Every lease there ever was: stale ones are tried too. */
  readonly leases: { readonly messageId: Id; readonly simulated: string; readonly real: string }[];
  /** PostgreSQL's token for the simulated ledger's. */
  readonly tokens: Map<string, string>;
  keys: number;
};

/** One step in both worlds; answers with what each said. */
type Move = (hand: Hand) => Promise<[simulated: unknown, real: unknown]>;

/** Mostly one to which the step is of some use. */
function aMessage({ both, random }: Hand, isFit: (entry: Entry) => boolean = () => true): Message {
  const all = [...both.rows.messages.values()];
  const fit = all.filter(({ entry }) => isFit(entry));
  return random.pick(fit.length > 0 && random.chance(0.9) ? fit : all);
}
const wasPermitted = ({ attempt }: Entry) => attempt > 0;
const isUnderWay = (entry: Entry) => entry.state === "sending" || isDoubtful(entry);
const refOf = ({ id, runId }: Message) => ({ runId, messageId: id });
const byMessage = <Each extends { messageId: Id }>(all: readonly Each[]) =>
  [...all].sort((one, other) => Number(one.messageId) - Number(other.messageId));
/** Of each message its newest lease, or now and then an older one. */
function someLeases({ leases, random, both }: Hand) {
  const isHeld = ({ messageId }: Hand["leases"][number]) => both.rows.messages.get(messageId)?.entry.lease !== null;
  const chosen = leases.filter((each, index) => random.chance(isHeld(each) || index > leases.length - 3 ? 0.7 : 0.02));
  return [...new Map(chosen.map((each) => [each.messageId, each])).values()];
}
const wishesOf = (hand: Hand) => {
  const leases = someLeases(hand).map((each) => ({ ...each, isProbe: hand.random.chance(0.5) }));
  return {
    simulated: leases.map(({ messageId, simulated, isProbe }) => ({ messageId, leaseToken: simulated, isProbe })),
    real: leases.map(({ messageId, real, isProbe }) => ({ messageId, leaseToken: real, isProbe })),
  };
};

const settlements = (random: Random): Settlement =>
  random.pick<Settlement>([
    { is: "accepted", providerMessageId: "taken" },
    { is: "deferred", inMs: random.pick([0, 2_000, 60_000]), detail: "later", scope: "message", about: null },
    { is: "failed", reason: "attempts_exhausted", detail: "no", suppress: null },
    { is: "in_doubt", detail: "silence", askAfterMs: random.pick([null, 0, 5_000, 60_000]) },
  ]);

const lease: Move = async (hand) => {
  const { both, random, real, leases, tokens } = hand;
  const isDue = ({ state, notBefore }: Entry) => state === "waiting" && notBefore <= both.now();
  const { channel, lane, entry } = aMessage(hand, isDue);
  const workerId = random.pick([...both.rows.workers.keys()]);
  const wish = { channel, lane, class: entry.class as MessageClass, limit: random.between(1, 4), workerId };
  const rooms = random.chance(0.3) ? [random.between(0, 4)] : [];
  const roomsOf = (workspaceId: Id) => rooms.map((limit) => ({ workspaceId, limit }));
  const mine = byMessage(both.simulated.steps.lease({ ...wish, rooms: roomsOf(onlyWorkspace) }));
  const theirs = byMessage(await real.lease({ ...wish, rooms: roomsOf(both.workspaceId) }));
  mine.forEach(({ messageId, leaseToken }, index) => {
    const token = theirs[index]?.leaseToken ?? "";
    tokens.set(leaseToken, token);
    leases.push({ messageId, simulated: leaseToken, real: token });
  });
  const said = (all: typeof mine) => all.map((each) => ({ messageId: each.messageId, class: each.class }));
  return [said(mine), said(theirs)];
};

const moves = {
  lease,
  async permit(hand) {
    const { simulated, real } = wishesOf(hand);
    return [hand.both.simulated.steps.permit(simulated, sendWithinMs), await hand.real.permit(real, sendWithinMs)];
  },
  async record(hand) {
    const { both, random, real } = hand;
    const message = aMessage(hand, isUnderWay);
    const attempt = Math.max(1, message.entry.attempt - random.pick([0, 0, 0, 1]));
    const workerId = message.entry.lease?.workerId ?? random.pick([...both.rows.workers.keys()]);
    const results = [{ ...refOf(message), attempt, settlement: settlements(random) }];
    return [both.simulated.steps.record(workerId, results), await real.record(workerId, results)];
  },
  async "hand back"(hand) {
    const { simulated, real } = wishesOf(hand);
    const inMs = hand.random.pick([0, 0, 2_000, 60_000]);
    const later = <Wish extends object>(wishes: readonly Wish[]) => wishes.map((wish) => ({ ...wish, inMs }));
    return [hand.both.simulated.steps.handBack(later(simulated)), await hand.real.handBack(later(real))];
  },
  async "prove unsent"(hand) {
    const message = aMessage(hand, isUnderWay);
    const proofs = [{ ...refOf(message), attempt: Math.max(1, message.entry.attempt) }];
    return [hand.both.simulated.steps.proveUnsent(proofs), await hand.real.proveUnsent(proofs)];
  },
  async "own doubts"({ both, random, real }) {
    const workerId = random.pick([...both.rows.workers.keys()]);
    const messageIds = [...both.rows.messages.keys()].filter(() => random.chance(0.7));
    const mine = both.simulated.steps.doubtsOf(workerId, messageIds);
    return [byMessage(mine), byMessage(await real.doubtsOf(workerId, messageIds))];
  },
  async sweep({ both, real }) {
    const said = (swept: Awaited<ReturnType<Steps["sweep"]>>) => ({
      isSending: swept?.isSending,
      lanes: swept?.lanes.map((lane) => JSON.stringify(Object.entries(lane).sort())).sort(),
    });
    return [said(both.simulated.steps.sweep()), said(await real.sweep())];
  },
  async "take doubts"({ both, real }) {
    const said = (doubts: Awaited<ReturnType<Steps["doubts"]["take"]>>) =>
      byMessage(doubts).map(({ messageId, attempt, asked, resent, atMostOnce, alive, class: of }) => ({
        ...{ messageId, attempt, asked, resent, atMostOnce, alive, of },
      }));
    return [said(both.simulated.steps.doubts.take(20)), said(await real.doubts.take(20))];
  },
  async "answer a doubt"(hand) {
    const { both, random, real } = hand;
    const message = aMessage(hand, isDoubtful);
    const answer = random.pick<DoubtAnswer>([
      { is: "accepted", providerMessageId: `found ${hand.keys++}` },
      ...(["not_accepted", "resent", "expired", "final"] as const).map((is) => ({ is })),
    ]);
    const of = { ...refOf(message), attempt: Math.max(1, message.entry.attempt), answer };
    return [both.simulated.steps.doubts.answer(of), await real.doubts.answer(of)];
  },
  async report(hand) {
    const { both } = hand;
    const message = aMessage(hand, wasPermitted);
    if (message.entry.attempt === 0) return [null, null];
    const carrier = {
      id: both.carriers.get(message.channel) ?? "",
      workspaceId: both.workspaceId,
      channel: message.channel,
    };
    const event = { is: "delivery", key: `key ${hand.keys++}`, delivery: "sent", message: refOf(message) } as const;
    return [both.simulated.report(message.id), await recordProviderEvents(both.db, carrier, [event])];
  },
  async beat({ both, random, real }) {
    const { channel, lane, entry } = random.pick([...both.rows.messages.values()]);
    const tallies = [{ workspaceId: both.workspaceId, channel, class: entry.class, lane, permits: 1 }];
    const signs = { clockSkewMs: 0, runningJobs: 1, busy: 0.5, tallies, overMs: 1_000 };
    const said: [unknown[], unknown[]] = [[], []];
    for (const workerId of both.rows.workers.keys()) {
      said[0].push(both.simulated.steps.beat(workerId, signs));
      said[1].push(await real.beat(workerId, signs));
    }
    return said;
  },
  async "a worker goes"({ both, random }) {
    const [workerId, row] = random.pick([...both.rows.workers]);
    both.rows.workers.set(workerId, { ...row, aliveUntil: both.now(), lanes: [] });
    return [undefined, await retireWorker(both.db, workerId)];
  },
  async "a run is moved"({ both, random }) {
    const runId = random.pick([...both.rows.runs.keys()]);
    const action = random.pick<RunAction>(["pause", "resume", "resume", "resume", random.pick(["cancel", "resume"])]);
    both.simulated.moveRun(runId, action);
    const moved = await moveRunOf(both.db, { workspaceId: both.workspaceId, runId, action, personId: null });
    return [both.rows.runs.get(runId)?.state, moved.state];
  },
  async "an opt-out"(hand) {
    const { both } = hand;
    const { address, channel, id } = aMessage(hand);
    both.rows.suppressed.add(address);
    const { rows } = await both.db.sql.query<{ hash: Buffer }>(
      "select address_hash as hash from message where id = $1",
      [id],
    );
    const addressHash = rows[0]?.hash ?? Buffer.alloc(0);
    const at = { workspaceId: both.workspaceId, channel, addressHash };
    await suppress(both.db, both.db.sql, { ...at, reason: "manual", source: "test" });
    return [null, null];
  },
  async "an account is blocked"({ both, random, real }) {
    const of = { workspaceId: both.workspaceId, channel: random.pick(["email", "sms"]), because: "a test" };
    const how = { ...of, forMs: random.between(10, 5_000), failures: random.between(1, 3) };
    return [both.simulated.steps.circuit.block(how), await real.circuit.block(how)];
  },
  async "an account is probed"({ both, random, real }) {
    const of = { workspaceId: both.workspaceId, channel: random.pick(["email", "sms"]) };
    const step = random.pick(["takeProbe", "returnProbe", "close"] as const);
    return [both.simulated.steps.circuit[step](of), await real.circuit[step](of)];
  },
} satisfies Record<string, Move>;

type Name = keyof typeof moves;
const names = Object.keys(moves) as Name[];

/** How often what happens all the time is drawn; all else once. */
const often: Partial<Record<Name, number>> = {
  lease: 8,
  permit: 10,
  record: 8,
  beat: 8,
  sweep: 4,
  report: 2,
  "take doubts": 3,
  "answer a doubt": 3,
};
const urn = names.flatMap((name) => Array<Name>(often[name] ?? 1).fill(name));
