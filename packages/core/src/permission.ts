/**
 * May this contact get this message on this channel, now? One order of reasons, first one wins:
 * no address, suppressed, no consent; then what a live workspace waits for: quiet hours and the frequency cap.
 * `db` compiles the same rules to SQL for preview, preflight, expansion and permit; `judge` is the oracle.
 */
import type { Traits } from "./channel.ts";
import type { ConsentState } from "./consent.ts";
import type { MessageClass, SkipReason } from "./message.ts";
import { remembered } from "./remembered.ts";
import type { SuppressionScope } from "./suppression.ts";

export type PermissionRules = {
  readonly class: MessageClass;
  readonly needsConsent: boolean;
  readonly hours: { readonly from: number; readonly to: number } | null;
  readonly cap: { readonly count: number; readonly days: number } | null;
  /** A sandbox workspace computes and shows holds, and does not wait for them. */
  readonly holds: "wait" | "show";
  /** Used for whoever has neither a time zone nor a country. */
  readonly timeZone: string;
};

/** What a live workspace would hold a message back for. */
export type HoldReason = "quiet_hours" | "frequency_cap";

export type Verdict = { is: "skipped"; reason: SkipReason } | { is: "waiting"; hold: HoldReason | null };

export function permissionRules(
  traits: Traits,
  of: { class: MessageClass; kind: "live" | "sandbox"; timeZone: string },
): PermissionRules {
  const marketing = of.class === "marketing" && traits.reach === "one_contact";
  return {
    class: of.class,
    needsConsent: marketing && traits.permission.needsConsent,
    hours: marketing ? (traits.permission.hours ?? null) : null,
    cap: marketing ? (traits.permission.cap ?? null) : null,
    holds: of.kind === "live" ? "wait" : "show",
    timeZone: of.timeZone,
  };
}

export type PermissionFacts = {
  readonly hasAddress: boolean;
  readonly suppressed: readonly SuppressionScope[];
  readonly consent: ConsentState;
  /** Where they may live: their own zone, else all of their country's; empty when nobody knows. */
  readonly timeZones: readonly string[];
  /** What of this class was sent on this channel within the cap's days; what is under way or in doubt counts as sent. */
  readonly recentMessages: number;
};

export function judge(rules: PermissionRules, of: PermissionFacts, now: Date): Verdict {
  if (!of.hasAddress) return { is: "skipped", reason: "no_address" };
  const blocked = of.suppressed.includes("all") || (rules.class === "marketing" && of.suppressed.includes("marketing"));
  if (blocked) return { is: "skipped", reason: "suppressed" };
  if (rules.needsConsent && of.consent !== "granted") return { is: "skipped", reason: "no_consent" };
  const capped = rules.cap !== null && of.recentMessages >= rules.cap.count;
  if (capped && rules.holds === "wait") return { is: "skipped", reason: "frequency_cap" };
  if (capped) return { is: "waiting", hold: "frequency_cap" };
  const { hours } = rules;
  const zones = of.timeZones.length > 0 ? of.timeZones : [rules.timeZone];
  const quiet = hours !== null && zones.some((zone) => isQuiet(hours, localHour(now, zone)));
  return { is: "waiting", hold: quiet ? "quiet_hours" : null };
}

export const isQuiet = (hours: { from: number; to: number }, hour: number): boolean =>
  hour < hours.from || hour >= hours.to;

/** 0 to 23 in an IANA zone. */
export function localHour(at: Date, timeZone: string): number {
  return Number(new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone }).format(at));
}

/** IANA names only: `EST` and `GMT+8` are not zones a person lives in. */
export const isTimeZone = remembered((name): boolean => {
  if (name !== "UTC" && !/^[A-Z][A-Za-z_]+\/[A-Za-z0-9_+\-/]+$/.test(name)) return false;
  if (name.startsWith("Etc/")) return false;
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
});
