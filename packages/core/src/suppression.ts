/** An address that must not be used, and why; outlives its contact as a keyed hash. */

export const suppressionReasons = [
  "unsubscribed",
  "stop",
  "complaint",
  "hard_bounce",
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
