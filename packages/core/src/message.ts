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
  | { is: "deferred"; inMs: number; detail: string; scope: "message" | "carrier" }
  | { is: "failed"; reason: RefusalReason | "attempts_exhausted"; detail: string; suppress: SuppressionReason | null }
  /** `askAfterMs` is null when the provider cannot be asked what became of it. */
  | { is: "in_doubt"; detail: string; askAfterMs: number | null };

/** A provider that cannot be reached is tried again soon, then less often; no message pays for it with an attempt. */
const carrierBackoffMs = { first: 1_000, longest: 60_000 };

/** RFC 5321 §4.5.4.1 asks for patience: 1, 5, 15, 60 minutes, then hourly, each ±20 %. */
const backoffMinutes = [1, 5, 15, 60];
export const maxAttempts = 12;

/** No answer came: look-ups before the provider can have finished would prove nothing. */
export const askAfterSilenceMs = 60_000;

/** Failures that say something about us and nothing about the reader: what was mended may be sent after all. */
export const ourFailures = ["content", "sender", "destination", "attempts_exhausted"] as const satisfies readonly (
  | RefusalReason
  | "attempts_exhausted"
)[];

export type HandedOver = Exclude<SendOutcome, { is: "held" }>;

/** `random` is in [0, 1) and only spreads retries; `carrierFailures` counts the carrier's failures in a row. */
type Circumstances = { attempt: number; carrierFailures: number; random: number; canAsk: boolean };

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
        askAfterMs: of.canAsk ? (outcome.askAfterMs ?? askAfterSilenceMs) : null,
      };
    case "deferred":
      return outcome.scope === "message" && of.attempt >= maxAttempts
        ? { is: "failed", reason: "attempts_exhausted", detail: outcome.detail, suppress: null }
        : { is: "deferred", inMs: retryInMs(outcome, of), detail: outcome.detail, scope: outcome.scope };
  }
}

function retryInMs(outcome: Extract<SendOutcome, { is: "deferred" }>, of: Circumstances): number {
  if (outcome.retryAfterMs !== undefined) return Math.round(outcome.retryAfterMs * (1 + 0.1 * of.random)); // never sooner
  const { first, longest } = carrierBackoffMs;
  const minutes = backoffMinutes[Math.min(of.attempt, backoffMinutes.length) - 1] ?? 60;
  const usualMs = outcome.scope === "carrier" ? Math.min(longest, first * 2 ** of.carrierFailures) : minutes * 60_000;
  return Math.round(usualMs * (0.8 + 0.4 * of.random));
}

function suppressionFor(reason: RefusalReason): SuppressionReason | null {
  switch (reason) {
    case "no_such_address":
      return "hard_bounce";
    case "opted_out":
      return "stop";
    case "unreachable":
    case "mailbox_full":
    case "blocked":
    case "content":
    case "sender":
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
