/**
 * What the stand-ins are told to get wrong, and for whom. Rules are tried in the order they were added; at each
 * point where a provider could fail, the first rule whose fault fits that point and whose recipient matches is played.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { postStandIns } from "./post-stand-ins.ts";

const afterMs = z.int().min(0).max(600_000);
const plain = <Is extends string>(is: Is) => z.strictObject({ is: z.literal(is) });
const times = z.int().min(1).max(1_000_000).optional();
const everywhere = [
  /** "429 later": per recipient `times` often, then it goes through. */
  z.strictObject({ is: z.literal("rate_limited"), retryAfterSeconds: z.int().min(0).max(86_400), times }),
  /** Not taken, and says so with a 500 or 451. */
  z.strictObject({ is: z.literal("server_error"), times }),
  /** Taken and logged; then the connection dies without an answer. */
  plain("accept_then_hang_up"),
  /** Taken and logged; the answer comes that much later. */
  z.strictObject({ is: z.literal("hang"), ms: afterMs }),
] as const;

/** Which faults a provider can play. */
const faultsOf = {
  smtp: z.discriminatedUnion("is", [
    ...everywhere,
    plain("hard_bounce"),
    plain("mailbox_full"),
    /** The recipient is answered for that much later, before the mail itself is asked for. */
    z.strictObject({ is: z.literal("slow_recipient"), ms: afterMs }),
  ]),
  twilio: z.discriminatedUnion("is", [
    ...everywhere,
    /** Taken, then reported undelivered with 30005: the handset does not exist. */
    plain("hard_bounce"),
    /** Taken, then reported undelivered with this carrier code, such as 30007 for "filtered". */
    z.strictObject({ is: z.literal("undelivered"), code: z.int().min(30_001).max(30_999) }),
    /** Refused at once with 21211. */
    plain("invalid_number"),
    /** The handset answers. "STOP" also makes Twilio refuse the number from then on. */
    z.strictObject({ is: z.literal("reply"), text: z.string().min(1).max(1600), afterMs }),
  ]),
  slack: z.discriminatedUnion("is", [...everywhere, plain("hard_bounce")]),
  openai: z.discriminatedUnion("is", [
    ...everywhere,
    plain("refuse_copy"),
    /** The answer stops half-way with finish_reason "length". */
    plain("truncate_copy"),
    plain("invalid_json"),
  ]),
};
/** A public post is taken or it is not. */
const postFaults = z.discriminatedUnion("is", [...everywhere]);
export type FaultOf<P extends string> = z.infer<
  P extends keyof typeof faultsOf ? (typeof faultsOf)[P] : typeof postFaults
>;

const match = z.strictObject({
  to: z.string().min(1).max(320).optional().describe("exact, or with * at its start, its end or both"),
  segment: z.string().min(1).max(200).optional().describe("name or id of the segment copy is asked for"),
  share: z.number().min(0).max(1).optional().describe("this share of recipients, always the same ones"),
});
const ruleFor = <P extends keyof typeof faultsOf>(provider: P) =>
  z.strictObject({ provider: z.literal(provider), match: match.default({}), fault: faultsOf[provider], times });
const postRule = z.strictObject({
  provider: z.enum(postStandIns.map(({ channel }) => channel)),
  match: match.default({}),
  fault: postFaults,
  times,
});

export const faultRules = z
  .array(
    z.discriminatedUnion("provider", [
      ruleFor("smtp"),
      ruleFor("twilio"),
      ruleFor("slack"),
      ruleFor("openai"),
      postRule,
    ]),
  )
  .min(1)
  .max(200);
export type FaultRule = z.infer<typeof faultRules>[number];
export type StandingRule = FaultRule & { readonly id: string; readonly played: number };

/** Whom something is for: every name it goes by, the one that is counted first. */
export type For = { readonly names: readonly string[]; readonly segments?: readonly string[] };

export type Faults = {
  add(rules: readonly FaultRule[]): StandingRule[];
  list(): StandingRule[];
  /** Removes one rule, or all without an id. False: no such rule. */
  remove(id?: string): boolean;
  /** The fault to play now, among those of these kinds; it counts as played. */
  pick<P extends string, K extends FaultOf<P>["is"]>(
    provider: P,
    kinds: readonly K[],
    who: For,
  ): Extract<FaultOf<P>, { is: K }> | null;
};

export function openFaults(): Faults {
  const standing: (FaultRule & { id: string; played: number; playedFor: Map<string, number> })[] = [];
  let added = 0;
  const shown = (rule: (typeof standing)[number]): StandingRule => {
    const { playedFor: _, ...rest } = rule;
    return rest;
  };
  return {
    add: (rules) =>
      rules.map((rule) => {
        added += 1;
        const kept = { ...rule, id: `fault-${added}`, played: 0, playedFor: new Map<string, number>() };
        standing.push(kept);
        return shown(kept);
      }),
    list: () => standing.map(shown),
    remove(id) {
      if (id === undefined) return standing.splice(0).length >= 0;
      const at = standing.findIndex((rule) => rule.id === id);
      if (at >= 0) standing.splice(at, 1);
      return at >= 0;
    },
    pick(provider, kinds, who) {
      const wanted: readonly string[] = kinds;
      const key = who.names[0] ?? "";
      for (const rule of standing) {
        if (rule.provider !== provider || !wanted.includes(rule.fault.is) || !concerns(rule, who)) continue;
        const before = rule.playedFor.get(key) ?? 0;
        const most = timesOf(rule);
        if (most !== undefined && before >= most) continue;
        if (most !== undefined) rule.playedFor.set(key, before + 1);
        rule.played += 1;
        return rule.fault as never; // its provider and kind were compared above
      }
      return null;
    },
  };
}

const timesOf = (rule: FaultRule): number | undefined =>
  ("times" in rule.fault ? rule.fault.times : undefined) ?? rule.times;

function concerns(rule: FaultRule, who: For): boolean {
  const { to, segment, share } = rule.match;
  if (to !== undefined && !who.names.some((name) => fits(to, name))) return false;
  if (segment !== undefined && !(who.segments ?? []).includes(segment)) return false;
  return share === undefined || hashShare(`${rule.provider} ${rule.fault.is} ${who.names[0] ?? ""}`) < share;
}

function fits(pattern: string, name: string): boolean {
  const text = name.toLowerCase();
  const core = pattern.toLowerCase().replace(/^\*|\*$/g, "");
  const open = { start: pattern.startsWith("*"), end: pattern.length > 1 && pattern.endsWith("*") };
  if (open.start && open.end) return text.includes(core);
  if (open.start) return text.endsWith(core);
  return open.end ? text.startsWith(core) : text === core;
}

/** In [0, 1), the same for the same text on every machine and in every run. */
const hashShare = (text: string): number => createHash("sha256").update(text).digest().readUInt32BE(0) / 2 ** 32;
