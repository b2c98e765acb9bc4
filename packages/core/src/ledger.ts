/**
 * The ledger as a machine: what each durable step does to one message, as a pure function of what is stored, what is asked
 * and the database's time. PostgreSQL runs the same machine over whole batches (lease, permit, result, sweep and doubts in
 * packages/db), and machine.int.test.ts there holds the one to the other step by step. The simulation of the engine
 * (apps/worker/simulation) runs this one.
 */
import { doubtWaitMs, provenWithinMs } from "./doubt.ts";
import type { Id } from "./id.ts";
import type { MessageClass, MessageState, Settlement, SkipReason } from "./message.ts";
import type { RunState } from "./run.ts";

/** Instants are milliseconds of the database's clock. */
export type Entry = {
  readonly class: MessageClass;
  readonly expiresAt: number;
  readonly state: MessageState;
  /** Why it was skipped or failed. */
  readonly reason: string | null;
  /** Hand-overs that were permitted. */
  readonly attempt: number;
  readonly notBefore: number;
  readonly lease: { readonly token: string; readonly workerId: Id; readonly until: number } | null;
  /** When a hand-over that was permitted has taken too long. */
  readonly sendUntil: number | null;
  /** The provider has reported on it: it was taken. */
  readonly isReported: boolean;
  readonly doubts: readonly EntryDoubt[];
};

export type DoubtResolution = "accepted" | "not_accepted" | "resent" | "expired" | "final";

export type EntryDoubt = {
  readonly attempt: number;
  /** Who was permitted it. */
  readonly workerId: Id | null;
  readonly permittedAt: number;
  /** When it is looked at; null: only a person decides. */
  readonly askAt: number | null;
  readonly asked: number;
  /** Null while it stands. */
  readonly resolution: DoubtResolution | null;
};

export type Step<Answer> = { readonly entry: Entry; readonly answer: Answer };

const unheld = { lease: null, sendUntil: null } as const;
const opened = (entry: Entry): Entry => ({ ...entry, ...unheld, state: "waiting" });
const closed = (entry: Entry, state: MessageState, reason: string | null = null): Entry => ({
  ...entry,
  ...unheld,
  state,
  reason,
});

/** As far as a frequency cap goes: it was taken, or may have been. */
export const countsAsSent = (entry: Entry): boolean =>
  entry.state === "accepted" || entry.state === "sending" || isDoubtful(entry);
export const isOpen = ({ state }: Entry): boolean => state === "waiting" || state === "leased" || state === "sending";
export const isDoubtful = ({ state }: Entry): boolean => state === "in_doubt" || state === "in_doubt_final";
const isStanding = (doubt: EntryDoubt): boolean => doubt.resolution === null;

type Leasing = { now: number; token: string; workerId: Id; forMs: number };

/** Whether a worker gets it. That its run is sending and its account may be used is the caller's to know. */
export function leaseEntry(entry: Entry, { now, token, workerId, forMs }: Leasing): Step<boolean> {
  if (entry.state !== "waiting" || entry.notBefore > now || entry.expiresAt <= now) return { entry, answer: false };
  return { entry: { ...entry, state: "leased", lease: { token, workerId, until: now + forMs } }, answer: true };
}

export type PermitAnswer =
  | { is: "send"; attempt: number }
  | { is: "skipped"; reason: SkipReason }
  | { is: "expired" }
  | { is: "wait" }
  | { is: "hand_back" };

/** What a permit looks at beside the message itself. */
export type Standing = {
  /** Its run is sending, and nobody has stopped its workspace. */
  readonly isSending: boolean;
  /** Its account is left alone for now, and it is not the one that goes ahead. */
  readonly isBlocked: boolean;
  readonly hasAddress: boolean;
  readonly isSuppressed: boolean;
  /** Consent is given, or not needed. */
  readonly mayContact: boolean;
  /** Its reader was sent as much of its class on its channel as the cap allows, what is under way or in doubt included. */
  readonly isCapped: boolean;
  /** The end of the recipient's quiet hours; null outside of them. */
  readonly quietUntil: number | null;
};

type Permitting = { now: number; token: string; sendWithinMs: number; standing: Standing };

/** No byte leaves before this is stored. */
export function permitEntry(entry: Entry, of: Permitting): Step<PermitAnswer> {
  const { now, token, sendWithinMs, standing } = of;
  const { lease } = entry;
  if (entry.state !== "leased" || lease?.token !== token) return { entry, answer: { is: "hand_back" } };
  if (!standing.isSending || standing.isBlocked || lease.until <= now)
    return { entry: opened(entry), answer: { is: "hand_back" } };
  if (entry.expiresAt <= now) return { entry: closed(entry, "expired"), answer: { is: "expired" } };
  const reason = whySkipped(standing);
  if (reason) return { entry: closed(entry, "skipped", reason), answer: { is: "skipped", reason } };
  if (standing.quietUntil !== null)
    return { entry: { ...opened(entry), notBefore: standing.quietUntil }, answer: { is: "wait" } };
  const attempt = entry.attempt + 1;
  return {
    entry: { ...entry, state: "sending", attempt, sendUntil: now + sendWithinMs },
    answer: { is: "send", attempt },
  };
}

function whySkipped({ hasAddress, isSuppressed, mayContact, isCapped }: Standing): SkipReason | null {
  if (!hasAddress) return "no_address";
  if (isSuppressed) return "suppressed";
  if (!mayContact) return "no_consent";
  return isCapped ? "frequency_cap" : null;
}

type HandingBack = { now: number; token: string; inMs: number };

/** Unsent, says whoever holds it, and not to be tried again for so long. */
export function handBackEntry(entry: Entry, { now, token, inMs }: HandingBack): Entry {
  if (!isOpen(entry) || entry.lease?.token !== token) return entry;
  return { ...opened(entry), notBefore: inMs > 0 ? now + inMs : entry.notBefore };
}

type Recording = { now: number; attempt: number; settlement: Settlement; sendWithinMs: number };

/** Of an older attempt it changes nothing; of one that was listed as doubt meanwhile it is evidence. */
export function recordEntry(entry: Entry, { now, attempt, settlement, sendWithinMs }: Recording): Entry {
  if (entry.attempt !== attempt) return entry;
  const reason = settlement.is === "failed" ? settlement.reason : null;
  if (entry.state === "sending") {
    switch (settlement.is) {
      case "accepted":
      case "failed":
        return closed(entry, settlement.is, reason);
      case "deferred":
        return { ...opened(entry), notBefore: now + settlement.inMs };
      case "in_doubt":
        return doubted(entry, { now, askAfterMs: settlement.askAfterMs, sendWithinMs });
    }
  }
  if (settlement.is === "deferred") return proveUnsentEntry(entry, { now, attempt });
  if (!isDoubtful(entry) || settlement.is === "in_doubt") return entry;
  const resolution = settlement.is === "accepted" ? "accepted" : "not_accepted";
  return withDoubts(closed(entry, settlement.is, reason), (doubt) => doubt.attempt === attempt, { resolution });
}

/** A report that was faster than the answer settles it; all else becomes doubt. */
function doubted(entry: Entry, of: { now: number; askAfterMs: number | null; sendWithinMs: number }): Entry {
  if (entry.isReported) return closed(entry, "accepted");
  const { attempt, sendUntil, lease } = entry;
  const permittedAt = (sendUntil ?? of.now) - of.sendWithinMs;
  const askAt = of.askAfterMs === null ? null : of.now + of.askAfterMs;
  const doubt: EntryDoubt = {
    ...{ attempt, workerId: lease?.workerId ?? null, permittedAt, askAt },
    ...{ asked: 0, resolution: null },
  };
  return { ...closed(entry, "in_doubt"), doubts: [...entry.doubts, doubt] };
}

function withDoubts(entry: Entry, which: (doubt: EntryDoubt) => boolean, change: Partial<EntryDoubt>): Entry {
  return { ...entry, doubts: entry.doubts.map((doubt) => (which(doubt) ? { ...doubt, ...change } : doubt)) };
}

type Sweeping = {
  now: number;
  /** Until when the worker that holds it is believed to live; null: it is not known. */
  aliveUntil: number | null;
  runState: RunState;
  canAsk: boolean;
  sendWithinMs: number;
};

/** Whatever should have moved and has not. */
export function sweepEntry(entry: Entry, of: Sweeping): Entry {
  const { now, aliveUntil, canAsk, runState, sendWithinMs } = of;
  const isHolderDead = aliveUntil !== null && aliveUntil <= now;
  if (entry.state === "sending") {
    if (!isHolderDead && (entry.sendUntil ?? 0) > now) return entry;
    const askAfterMs = doubtWaitMs({ class: entry.class, canAsk }) ?? provenWithinMs;
    return doubted(entry, { now, sendWithinMs, askAfterMs });
  }
  const isOver = entry.state === "leased" && (isHolderDead || (entry.lease?.until ?? 0) <= now);
  const taken = isOver ? opened(entry) : entry;
  if (taken.state === "waiting" && taken.expiresAt <= now) return closed(taken, "expired");
  return isOpen(taken) && runState === "cancelling" ? closed(taken, "cancelled") : taken;
}

/** Takes the doubt that stands and whose time has come; it comes again, later each time, while it stands. */
export function takeDoubtOf(entry: Entry, { now }: { now: number }): Step<EntryDoubt | null> {
  const due = entry.doubts.find((doubt) => isStanding(doubt) && doubt.askAt !== null && doubt.askAt <= now);
  if (!due) return { entry, answer: null };
  const asked = due.asked + 1;
  return { entry: withDoubts(entry, (doubt) => doubt === due, { asked, askAt: now + asked * 60_000 }), answer: due };
}

type Answering = { now: number; attempt: number; answer: DoubtResolution };

/** Proof also settles what was left to a person; what evidence has settled meanwhile stays settled. */
export function answerDoubtOf(entry: Entry, { now, attempt, answer }: Answering): Entry {
  const isProof = answer === "accepted" || answer === "not_accepted";
  const isIt = (doubt: EntryDoubt) =>
    doubt.attempt === attempt && (isStanding(doubt) || (isProof && doubt.resolution === "final"));
  if (!entry.doubts.some(isIt)) return entry;
  const answered = withDoubts(entry, isIt, { resolution: answer, askAt: null });
  if (!isDoubtful(entry)) return answered;
  switch (answer) {
    case "accepted":
    case "expired":
      return closed(answered, answer);
    case "final":
      return closed(answered, "in_doubt_final");
    case "not_accepted":
    case "resent":
      return { ...opened(answered), notBefore: now };
  }
}

/** Whoever made the hand-over says that nothing was taken: what was listed as doubt meanwhile goes out again. */
export const proveUnsentEntry = (entry: Entry, of: { now: number; attempt: number }): Entry =>
  answerDoubtOf(entry, { ...of, answer: "not_accepted" });

/** The provider reports on it, so it was taken: that settles every doubt. */
export function reportEntry(entry: Entry): Entry {
  const reported = { ...entry, isReported: true };
  if (!isDoubtful(entry)) return reported;
  return withDoubts({ ...reported, state: "accepted" }, isStanding, { resolution: "accepted", askAt: null });
}

/** Called off while it waits. */
export const cancelEntry = (entry: Entry): Entry =>
  isOpen(entry) && entry.state !== "sending" ? closed(entry, "cancelled") : entry;

/** Nothing of the run is open, and no doubt is still to be looked at. */
export const isRunOver = (entries: readonly Entry[]): boolean =>
  !entries.some((entry) => isOpen(entry) || entry.doubts.some((doubt) => isStanding(doubt) && doubt.askAt !== null));
