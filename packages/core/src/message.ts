/**
 * A message's life. Three durable steps carry it: lease (cheap, reversible), permit (committed before the first
 * byte), result. Dying between permit and result is doubt: listed, never guessed.
 *
 *   waiting → leased → sending → accepted | failed | in_doubt | waiting again (deferred)
 *   waiting | leased → skipped(reason) | expired | cancelled
 *   in_doubt → accepted (evidence) | waiting (proof that it was not taken) | in_doubt_final
 *   cancelled | expired | failed because of us → waiting, when a person sends the run on to the unsent
 */
import type { RefusalReason, SendOutcome } from "./channel.ts";
import { doubtWaitMs } from "./doubt.ts";
import type { Money } from "./money.ts";
import type { SuppressionReason } from "./suppression.ts";

/** The number is what the ledger's narrow column stores. */
export const messageStates = {
  waiting: 0,
  leased: 1,
  sending: 2,
  accepted: 3,
  skipped: 4,
  failed: 5,
  expired: 6,
  cancelled: 7,
  in_doubt: 8,
  in_doubt_final: 9,
} as const;
export type MessageState = keyof typeof messageStates;

export const messageClasses = { security: 0, transactional: 1, marketing: 2 } as const;
export type MessageClass = keyof typeof messageClasses;
/** By urgency: what may not wait comes first. */
export const classNames = Object.keys(messageClasses) as [MessageClass, ...MessageClass[]];
/** Throws on a number that this version does not know. */
export function classNamed(no: number): MessageClass {
  const name = classNames.find((each) => messageClasses[each] === no);
  if (!name) throw new Error(`The ledger holds a message class this version does not know: ${no}.`);
  return name;
}

/** Why a message was never handed over. */
export const skipReasons = ["no_address", "suppressed", "no_consent", "frequency_cap", "no_variant"] as const;
export type SkipReason = (typeof skipReasons)[number];

/** What to do with the answer of one hand-over. */
export type Settlement =
  | { is: "accepted"; providerMessageId: string; cost?: Money | undefined }
  /** `about` us: the account waits for a person, or the run's refusals of our sender are counted. */
  | { is: "deferred"; inMs: number; detail: string; scope: "message" | "carrier"; about: "account" | "sender" | null }
  | { is: "failed"; reason: RefusalReason | "attempts_exhausted"; detail: string; suppress: SuppressionReason | null }
  /** `askAfterMs`: when the doubt is looked at again; null when only a person can decide. */
  | { is: "in_doubt"; detail: string; askAfterMs: number | null };

/** A provider that cannot be reached is tried again soon, then less often; no message pays for it with an attempt. */
const carrierBackoffMs = { first: 1_000, longest: 60_000 };

/** RFC 5321 §4.5.4.1 asks for patience: 1, 5, 15, 60 minutes, then hourly, each ±20 %. */
const backoffMinutes = [1, 5, 15, 60];
/** Hourly for the three days that the longest life has; a shorter life ends it sooner. */
export const maxAttempts = 76;
/** Whoever does not trust us will not in a minute; what is wrong is ours to put right. */
const distrustedMs = 3_600_000;

/** Longer than any carrier waits for its provider (RFC 5321 §4.5.3.2.6 asks for ten minutes after the final dot). */
export const sendWithinMs = 12 * 60_000;

/** Failures that say something about us and nothing about the reader: what was mended may be sent after all. */
export const ourFailures = ["content", "destination", "attempts_exhausted"] as const satisfies readonly (
  | RefusalReason
  | "attempts_exhausted"
)[];

export type HandedOver = Exclude<SendOutcome, { is: "held" }>;

/** `random` is in [0, 1) and only spreads retries; `carrierFailures` counts the carrier's failures in a row. */
type Circumstances = {
  attempt: number;
  carrierFailures: number;
  random: number;
  canAsk: boolean;
  class: MessageClass;
};

/** Decides what becomes of a message from the outcome of one hand-over. */
export function settle(outcome: HandedOver, of: Circumstances): Settlement {
  switch (outcome.is) {
    case "accepted":
      return { is: "accepted", providerMessageId: outcome.providerMessageId, cost: outcome.cost };
    case "refused":
      return { is: "failed", reason: outcome.reason, detail: outcome.detail, suppress: suppressionFor(outcome.reason) };
    case "unknown":
      return {
        is: "in_doubt",
        detail: outcome.detail,
        askAfterMs: doubtWaitMs({ ...of, askAfterMs: outcome.askAfterMs }),
      };
    case "distrusted": {
      const { whom, detail } = outcome;
      const scope = whom === "account" ? "carrier" : "message";
      return { is: "deferred", inMs: spread(distrustedMs, of.random), detail, scope, about: whom };
    }
    case "deferred":
      return putOff(outcome, of);
  }
}

type Deferred = Extract<SendOutcome, { is: "deferred" }>;

function putOff(outcome: Deferred, of: Circumstances): Settlement {
  const { detail, scope, attemptsAtMost = maxAttempts } = outcome;
  return scope === "message" && of.attempt >= attemptsAtMost
    ? { is: "failed", reason: "attempts_exhausted", detail, suppress: null }
    : { is: "deferred", inMs: retryInMs(outcome, of), detail, scope, about: null };
}

function retryInMs(outcome: Deferred, of: Circumstances): number {
  if (outcome.retryAfterMs !== undefined) return Math.round(outcome.retryAfterMs * (1 + 0.1 * of.random)); // never sooner
  const { first, longest } = carrierBackoffMs;
  const minutes = backoffMinutes[Math.min(of.attempt, backoffMinutes.length) - 1] ?? 60;
  const usualMs = outcome.scope === "carrier" ? Math.min(longest, first * 2 ** of.carrierFailures) : minutes * 60_000;
  return spread(usualMs, of.random);
}

/** ±20 %, so that what failed together does not come back together. */
const spread = (ms: number, random: number): number => Math.round(ms * (0.8 + 0.4 * random));

/** Why an address is not written to again after one such refusal; null: it may be. */
export function suppressionFor(reason: RefusalReason): SuppressionReason | null {
  switch (reason) {
    case "no_such_address":
      return "hard_bounce";
    case "opted_out":
      return "stop";
    case "unreachable":
    case "mailbox_full":
    case "mailbox_disabled":
    case "dead_number":
    case "blocked":
    case "content":
    case "destination":
      return null;
  }
}

/** The books of a run or of one channel of it. They balance when `planned` is the sum of all the others. */
export type Books = {
  readonly planned: number;
  readonly accepted: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  readonly expired: number;
  readonly cancelled: number;
  readonly inDoubt: number;
  readonly open: number;
};

export function booksBalance(books: Books): boolean {
  const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
  const { planned, accepted, skipped, failed, expired, cancelled, inDoubt, open } = books;
  return planned === accepted + sum(skipped) + sum(failed) + expired + cancelled + inDoubt + open;
}
