/** What a provider tells us later about a message, or about a person. */
import type { LateOutcome } from "./channel.ts";

/** Delivery only moves up this ladder, however callbacks are shuffled or repeated. */
export const deliveryRanks = {
  none: 0,
  queued: 1,
  sent: 2,
  delivered: 3,
  undelivered: 3,
  bounced: 3,
  read: 4,
} as const;
export type Delivery = keyof typeof deliveryRanks;

export type ProviderEvent =
  | {
      is: "delivery";
      /** Stable for the same fact, so that a repeated callback is recorded once. */
      key: string;
      /** Public id (`msg_…`) or, where the provider does not carry ours, its own. */
      messageId?: string | undefined;
      providerMessageId?: string | undefined;
      delivery: Delivery;
      /** Which hand-over it is about, where the provider carries that. */
      attempt?: number | undefined;
      /** Of a message that did not arrive: what follows from it. */
      means?: LateOutcome | undefined;
      detail?: string | undefined;
    }
  /** The reader called a message spam. */
  | { is: "complained"; key: string; messageId: string; detail?: string | undefined }
  /** Something that should be about a message and names none of ours: kept as it came, for a person to read. */
  | { is: "unmatched"; key: string; detail: string; raw: string }
  | { is: "opted_out" | "opted_in"; key: string; address: string; text: string }
  | { is: "replied"; key: string; address: string; text: string };

export const deliveryRank = (delivery: Delivery): number => deliveryRanks[delivery];

const stopWords = new Set([
  // 47 CFR 64.1200(a)(10) names these as reasonable means of revoking consent.
  "stop",
  "quit",
  "end",
  "revoke",
  "opt out",
  "optout",
  "cancel",
  "unsubscribe",
  "stopall",
  "stop all",
  "退订",
  "退訂",
  "取消订阅",
  "td",
  "t",
  "r",
  "arret",
  "arreter",
  "stopp",
  "abmelden",
  "baja",
]);
const startWords = new Set(["start", "unstop", "yes", "subscribe", "订阅", "訂閱"]);

/** Reads an inbound text as an opt-out or opt-in only when the whole message says so: "nonstop" and "can't start" do not. */
export function readKeyword(text: string): "stop" | "start" | null {
  const whole = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[\p{P}\p{S}\p{Cf}]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/ please$/, "");
  if (stopWords.has(whole)) return "stop";
  return startWords.has(whole) ? "start" : null;
}
