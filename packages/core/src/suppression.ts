/** An address that must not be used, and why; outlives its contact as a keyed hash. */

export const suppressionReasons = [
  "unsubscribed",
  "stop",
  "complaint",
  "hard_bounce",
  "unreachable",
  "invalid",
  "role_address",
  "erasure",
  "manual",
] as const;
export type SuppressionReason = (typeof suppressionReasons)[number];

/** "all" blocks every class of message, "marketing" only marketing: a receipt still goes out. */
export type SuppressionScope = "all" | "marketing";

export function scopeOf(reason: SuppressionReason): SuppressionScope {
  switch (reason) {
    case "hard_bounce":
    case "unreachable":
    case "invalid":
    case "erasure":
    case "manual":
      return "all";
    case "unsubscribed":
    case "stop":
    case "complaint":
    case "role_address":
      return "marketing";
  }
}

/** Messages that may fail like this within so many days before their address is suppressed as unreachable. */
export type Patience = { readonly count: number; readonly days: number };

/** Failures that say little once and much when they repeat; null: it says nothing, or everything at once. */
export function patienceWith(reason: string | null): Patience | null {
  switch (reason) {
    case "mailbox_full":
    case "mailbox_disabled":
      return { count: 3, days: 15 };
    case "dead_number":
      return { count: 2, days: 365 };
    default:
      return null;
  }
}
