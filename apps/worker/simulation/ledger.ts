/**
 * The simulated ledger: rows in memory, moved by the machine of packages/core/src/ledger.ts, to which PostgreSQL is held
 * as well. Every step here is one commit; what a worker hears of it, and when, is the weather's (line.ts).
 */
import { countsAsSent, type Entry, isOpen, isRunOver } from "@chorus/core/ledger";
import { sendWithinMs } from "@chorus/core/message";
import { moveRun, type RunAction, reopenedRun } from "@chorus/core/run";
import type { Doubt } from "@chorus/db/doubts";
import type { FenceNews } from "@chorus/db/fence";
import { type Leased, leaseMs } from "@chorus/db/lease";
import type { DueLane, Swept } from "@chorus/db/sweep";
import { believedForMs } from "@chorus/db/workers";
import type { Steps } from "../src/ledger.ts";
import { circuitOf } from "./ledger-circuit.ts";
import type { Message, Rows } from "./ledger-rows.ts";
import type { Machine } from "./machine.ts";
import type { Random } from "./random.ts";

type Place = {
  readonly rows: Rows;
  readonly machine: Machine;
  readonly random: Random;
  readonly now: () => number;
  /** Every move of a message, as it commits. */
  readonly onMove: (message: Message, before: Entry) => void;
  readonly onNews: (news: FenceNews) => void;
};

/** The same steps as PostgreSQL's, each answering at once. */
export type Instantly<Of> = {
  [Name in keyof Of]: Of[Name] extends (...given: infer Given) => Promise<infer Answer>
    ? (...given: Given) => Answer
    : Instantly<Of[Name]>;
};

export type SimulatedLedger = {
  readonly steps: Instantly<Steps>;
  /** What is held, for a worker that looks. */
  held(): FenceNews[];
  failuresOf(channel: string): number;
  moveRun(runId: string, action: RunAction): void;
  suppress(address: string): void;
  /** A worker has stopped in order. */
  retire(workerId: string): void;
  /** A provider reports on a message that it took. */
  report(messageId: string): void;
};

export function openSimulatedLedger(of: Place): SimulatedLedger {
  const { rows, machine, random, now, onMove, onNews } = of;
  const { messages, runs, workers, suppressed } = rows;

  const put = (message: Message, entry: Entry) => {
    if (entry === message.entry) return;
    const before = message.entry;
    message.entry = entry;
    const run = runs.get(message.runId);
    if (run && isOpen(entry) && (run.state === "finished" || run.state === "cancelled"))
      run.state = reopenedRun[run.state]; // packages/db/src/reopen.ts
    onMove(message, before);
  };
  const messageOf = (messageId: string) => messages.get(messageId) as Message;
  const isBlocked = (channel: string) => (rows.accounts.get(channel)?.blockedUntil ?? 0) > now();

  const isCapped = ({ channel, address, entry: { class: ofClass } }: Message) => {
    const cap = rows.caps.get(channel);
    if (cap === undefined || ofClass !== "marketing") return false;
    const isAlike = (other: Message) =>
      other.channel === channel && other.address === address && other.entry.class === ofClass;
    return [...messages.values()].filter((other) => isAlike(other) && countsAsSent(other.entry)).length >= cap;
  };

  const lease: Instantly<Steps>["lease"] = (wish) => {
    const { channel, class: messageClass, lane, workerId } = wish;
    const limit = wish.rooms?.find((room) => room.workspaceId === onlyWorkspace)?.limit ?? wish.limit;
    const inLane = [...messages.values()].filter(
      (each) => each.channel === channel && each.entry.class === messageClass && each.lane === lane,
    );
    const isDue = ({ entry }: Message) => entry.state === "waiting" && entry.notBefore <= now();
    const chosen = [...runs.values()]
      .filter(({ id, state }) => state === "sending" && inLane.some((each) => each.runId === id && isDue(each)))
      .sort((one, other) => one.servedAt - other.servedAt)[0];
    if (!chosen || limit === 0 || isBlocked(channel)) return [];
    chosen.servedAt = now();
    const leased: Leased[] = [];
    const inOrder = inLane
      .filter((each) => each.runId === chosen.id)
      .sort((one, other) => one.entry.notBefore - other.entry.notBefore);
    for (const message of inOrder) {
      if (leased.length === limit) break;
      const token = `t${random.between(0, 2 ** 31)}`;
      const { entry, answer } = machine.lease(message.entry, { now: now(), token, workerId, forMs: leaseMs });
      if (!answer) continue;
      put(message, entry);
      leased.push(leasedOf(message, entry));
    }
    return leased;
  };

  const sweepOne = (message: Message) => {
    const run = runs.get(message.runId);
    const holder = message.entry.lease?.workerId;
    put(
      message,
      machine.sweep(message.entry, {
        now: now(),
        aliveUntil: holder === undefined ? null : (workers.get(holder)?.aliveUntil ?? null),
        runState: run?.state ?? "sending",
        canAsk: message.canAsk,
        sendWithinMs,
      }),
    );
  };

  const finishRuns = () => {
    for (const run of runs.values()) {
      const entries = [...messages.values()].flatMap((each) => (each.runId === run.id ? [each.entry] : []));
      if (!isRunOver(entries)) continue;
      if (run.state === "sending") run.state = "finished";
      if (run.state === "cancelling") run.state = "cancelled";
    }
  };

  const steps: Instantly<Steps> = {
    lease,
    permit: (wishes, withinMs) =>
      wishes.map(({ messageId, leaseToken, isProbe }) => {
        const message = messageOf(messageId);
        const standing = {
          isSending: runs.get(message.runId)?.state === "sending",
          isBlocked: !isProbe && isBlocked(message.channel),
          hasAddress: true,
          isSuppressed: suppressed.has(message.address),
          mayContact: true,
          isCapped: isCapped(message),
          quietUntil: null,
        };
        const asked = { now: now(), token: leaseToken, sendWithinMs: withinMs, standing };
        const { entry, answer } = machine.permit(message.entry, asked);
        put(message, entry);
        return answer;
      }),
    record(_workerId, results) {
      for (const { messageId, attempt, settlement } of results) {
        const message = messageOf(messageId);
        put(message, machine.record(message.entry, { now: now(), attempt, settlement, sendWithinMs }));
      }
      return [];
    },
    handBack(wishes) {
      for (const { messageId, leaseToken, inMs = 0 } of wishes) {
        const how = { now: now(), token: leaseToken, inMs };
        put(messageOf(messageId), machine.handBack(messageOf(messageId).entry, how));
      }
    },
    proveUnsent(attempts) {
      for (const { messageId, attempt } of attempts)
        put(messageOf(messageId), machine.proveUnsent(messageOf(messageId).entry, { now: now(), attempt }));
    },
    doubtsOf: (workerId, messageIds) =>
      messageIds.flatMap((messageId) =>
        messageOf(messageId).entry.doubts.flatMap(({ attempt, resolution, workerId: holder }) =>
          (resolution === null || resolution === "final") && holder === workerId
            ? [{ runId: messageOf(messageId).runId, messageId, attempt }]
            : [],
        ),
      ),
    sweep() {
      for (const message of messages.values()) sweepOne(message);
      finishRuns();
      return sweptOf(rows, now(), isBlocked);
    },
    beat(workerId, { tallies }) {
      const worker = workers.get(workerId) ?? { aliveUntil: 0, beatAt: 0, lanes: [] };
      workers.set(workerId, { aliveUntil: now() + believedForMs, beatAt: now(), lanes: tallies });
      return worker.aliveUntil > now();
    },
    doubts: {
      take(limit) {
        const taken: Doubt[] = [];
        for (const message of messages.values()) {
          if (taken.length === limit) break;
          const { entry, answer } = machine.takeDoubt(message.entry, { now: now() });
          put(message, entry);
          if (answer) taken.push(doubtOf(message, answer, now()));
        }
        return taken;
      },
      answer({ messageId, attempt, answer }) {
        put(
          messageOf(messageId),
          machine.answerDoubt(messageOf(messageId).entry, { now: now(), attempt, answer: answer.is }),
        );
      },
      leftBehind(workerId) {
        const worker = workers.get(workerId);
        if (!worker) return null;
        const doubts = steps.doubtsOf(workerId, [...messages.keys()]);
        const permits = [...messages.values()].flatMap(({ entry }) =>
          entry.doubts.flatMap((doubt) => (doubt.workerId === workerId ? [doubt.permittedAt] : [])),
        );
        const knownUntil = new Date(Math.max(worker.aliveUntil, ...permits));
        return { knownUntil, isAll: worker.aliveUntil < now() - 60_000, doubts };
      },
      settleUnsent: (handOvers) => steps.proveUnsent(handOvers),
    },
    circuit: circuitOf(rows.accounts, now),
  };

  return {
    steps,
    held: () => [...runs.values()].flatMap(({ id, state }) => (isHeld(state) ? [{ run: id }] : [])),
    failuresOf: (channel) => rows.accounts.get(channel)?.failures ?? 0,
    moveRun(runId, action) {
      const run = runs.get(runId);
      const state = run && moveRun(run.state, action);
      if (!run || !state) return;
      run.state = state;
      onNews({ run: runId });
    },
    suppress(address) {
      suppressed.add(address);
      onNews({ addressHash: Buffer.from(address).toString("hex") });
    },
    retire: (workerId) => void workers.set(workerId, { aliveUntil: now(), beatAt: 0, lanes: [] }),
    report: (messageId) => put(messageOf(messageId), machine.report(messageOf(messageId).entry)),
  };
}

const isHeld = (state: string) => state === "paused" || state === "held" || state === "cancelling";

/** All is of one. */
export const onlyWorkspace = "1";

/** What a worker is given of a message: the words are nobody's here. */
const toldOf = ({ runId, id, channel, address }: Message) => ({
  runId,
  messageId: id,
  workspaceId: onlyWorkspace,
  campaignId: "1",
  channel,
  variantId: "1",
  send: null,
  locale: "en",
  address,
  firstName: null,
  fields: {},
  picks: [],
  at: new Date(0),
});

const leasedOf = (message: Message, entry: Entry): Leased => ({
  ...toldOf(message),
  leaseToken: entry.lease?.token ?? "",
  class: entry.class,
});

const doubtOf = (message: Message, doubt: Entry["doubts"][number], now: number): Doubt => ({
  ...toldOf(message),
  class: message.entry.class,
  attempt: doubt.attempt,
  permittedAt: new Date(doubt.permittedAt),
  asked: doubt.asked,
  resent: message.entry.doubts.some((each) => each.resolution === "resent"),
  atMostOnce: false,
  alive: message.entry.expiresAt > now,
});

function sweptOf({ messages, runs, workers }: Rows, now: number, isBlocked: (channel: string) => boolean): Swept {
  const living = [...workers.values()].filter(({ beatAt }) => beatAt > now - 5_000);
  const lanes = new Map<string, DueLane>();
  for (const { entry, channel, lane, runId } of messages.values()) {
    if (entry.state !== "waiting" || entry.notBefore > now || runs.get(runId)?.state !== "sending") continue;
    if (isBlocked(channel)) continue;
    const key = `${channel} ${entry.class} ${lane}`;
    const isServed = living.some((worker) =>
      worker.lanes.some((each) => each.channel === channel && each.class === entry.class && each.lane === lane),
    );
    const isLate = (lanes.get(key)?.isLate ?? false) || entry.notBefore <= now - 10_000;
    lanes.set(key, { channel, class: entry.class, lane, isServed, isLate });
  }
  const isSending = living.some((worker) => worker.lanes.length > 0);
  return { lanes: [...lanes.values()], isSending, expansions: [], launchDue: false, plans: [], writes: [], copies: [] };
}
