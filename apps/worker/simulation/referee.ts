/**
 * What must hold in every world. The referee believes the providers, who write down what they took, and the clock; the
 * ledger is what it judges. Some of it is judged as it happens, the rest when everything has ended.
 */
import type { SendOutcome } from "@chorus/core/channel";
import type { Id } from "@chorus/core/id";
import { type Entry, isDoubtful, isOpen } from "@chorus/core/ledger";
import { permitMs } from "@chorus/db/permit";
import type { Message, Rows } from "./ledger-rows.ts";
import type { Process } from "./process.ts";
import type { HandOverOf, Witness } from "./provider.ts";

export type Referee = Witness & {
  moved(message: Message, before: Entry): void;
  /** Nobody may be sent anything of the run, or to the address, from now on; or may again. */
  forbidden(what: string): void;
  allowed(what: string): void;
  /** Judges the end. */
  judge(): void;
  /** The first promise that was broken. */
  broken(): string | null;
};

type Place = {
  readonly rows: Rows;
  readonly now: () => number;
  readonly processOf: (workerId: Id) => Process | undefined;
  readonly onReport: (messageId: Id) => void;
  /** Some worker's notes at its gate say that it was about to leave. */
  readonly wasNoted: (of: HandOverOf) => boolean;
};

type Told = { readonly process: Process; readonly outcome: SendOutcome };
type Facts = {
  readonly permits: Map<number, Id>;
  readonly told: Map<number, Told>;
  readonly taken: number[];
  readonly left: Set<number>;
};

const ended: readonly Entry["state"][] = ["accepted", "skipped", "failed", "expired", "cancelled"];

export function openReferee({ rows, now, processOf, onReport, wasNoted }: Place): Referee {
  const facts = new Map<Id, Facts>();
  const forbiddenSince = new Map<string, number>();
  let broken: string | null = null;

  const promise = (isKept: boolean, otherwise: () => string) => {
    if (!isKept) broken ??= otherwise();
  };
  const factsOf = (messageId: Id): Facts => {
    const known = facts.get(messageId) ?? { permits: new Map(), told: new Map(), taken: [], left: new Set() };
    facts.set(messageId, known);
    return known;
  };
  const message = (messageId: Id) => rows.messages.get(messageId) as Message;

  function judgeOne({ id, entry }: Message) {
    const { permits, told, taken, left } = factsOf(id);
    promise(!isOpen(entry), () => `message ${id} is ${entry.state} for ever`);
    promise(entry.state !== "accepted" || taken.length > 0, () => `message ${id} is accepted, and nobody took it`);
    const isDoubted = (attempt: number) =>
      entry.doubts.some((doubt) => doubt.attempt === attempt && doubt.resolution !== "not_accepted");
    const denied = entry.state === "accepted" ? undefined : taken.find((attempt) => !isDoubted(attempt));
    promise(denied === undefined, () => `message ${id} is ${entry.state}, and its attempt ${denied} was taken`);
    if (!isDoubtful(entry)) return;
    promise(
      left.has(entry.attempt) || wasNoted({ messageId: id, attempt: entry.attempt }),
      () => `message ${id} is in doubt, and never came to its last byte`,
    );
    const answer = told.get(entry.attempt);
    const holder = processOf(permits.get(entry.attempt) ?? "");
    const isExplained = answer?.outcome.is === "unknown" || !holder || holder.hasDied();
    promise(
      isExplained,
      () => `message ${id} is in doubt, and ${holder?.name} knew: ${answer?.outcome.is ?? "nothing was handed over"}`,
    );
  }

  return {
    moved({ id, runId, entry }, before) {
      if (entry.attempt > before.attempt) factsOf(id).permits.set(entry.attempt, entry.lease?.workerId ?? "");
      promise(
        !ended.includes(before.state) || entry.state === before.state,
        () => `message ${id} was ${before.state} and became ${entry.state}`,
      );
      promise(
        !isOpen(entry) || rows.runs.get(runId)?.state !== "cancelled",
        () => `message ${id} is ${entry.state} in a run that is cancelled`,
      );
    },
    forbidden(what) {
      if (!forbiddenSince.has(what)) forbiddenSince.set(what, now());
    },
    allowed: (what) => void forbiddenSince.delete(what),
    left({ messageId, attempt }) {
      const { runId, address, entry } = message(messageId);
      promise(factsOf(messageId).permits.has(attempt), () => `message ${messageId} left without a permit`);
      factsOf(messageId).left.add(attempt);
      const since = Math.min(...[runId, address].map((each) => forbiddenSince.get(each) ?? Number.POSITIVE_INFINITY));
      promise(
        now() <= since + permitMs,
        () => `message ${messageId} left ${now() - since} ms after a pause or an opt-out`,
      );
      promise(now() <= entry.expiresAt + permitMs, () => `message ${messageId} left after the end of its life`);
    },
    taken({ messageId, attempt }) {
      const { taken } = factsOf(messageId);
      const { entry } = message(messageId);
      taken.push(attempt);
      const isResent = entry.doubts.some(({ resolution }) => resolution === "resent");
      const timesAtMost = isResent && entry.class !== "marketing" ? 2 : 1;
      promise(taken.length <= timesAtMost, () => `message ${messageId} was taken ${taken.length} times`);
    },
    told(process, { messageId, attempt }, outcome) {
      factsOf(messageId).told.set(attempt, { process, outcome });
    },
    reported: onReport,
    judge() {
      for (const each of rows.messages.values()) judgeOne(each);
      for (const { id, state } of rows.runs.values())
        promise(state === "finished" || state === "cancelled", () => `${id} is ${state} for ever`);
    },
    broken: () => broken,
  };
}
