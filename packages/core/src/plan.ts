/** Everything a run is frozen to at launch. Preflight, expansion and permit all read this one shape. */
import type { Angle } from "./angle.ts";
import type { Id } from "./id.ts";
import type { MessageClass } from "./message.ts";
import type { PermissionRules } from "./permission.ts";
import type { Rule } from "./segment.ts";

export type Plan = {
  readonly workspaceId: Id;
  readonly audience: Rule;
  /** In order: the first match wins, who matches none is everyone else. */
  readonly segments: readonly { readonly id: Id; readonly version: number; readonly rule: Rule }[];
  /** Channels that reach one contact, with what must be true before a message leaves. */
  readonly rules: Readonly<Record<string, PermissionRules>>;
  /** Channels for public posts: each destination gets every segment's variant once. */
  readonly publicChannels: readonly string[];
  readonly locales: readonly string[];
  /** Each reader gets one, by a hash of run and reader at these shares. */
  readonly angles: readonly Angle[];
  /** With the revision that is sent; a run from before this was noted may not know it. */
  readonly variants: readonly (VariantKey & { readonly id: Id; readonly revision?: number })[];
};

/** What there is one variant of in a campaign. */
export type VariantKey = Pick<Angle, "angle" | "tone"> & { readonly segmentId: Id | null; readonly locale: string };

export const channelsOf = (plan: Plan): string[] => [...Object.keys(plan.rules), ...plan.publicChannels];

/** Of a campaign with these segments: who is in none of them reads a variant of its own. */
export const variantsNeeded = (of: {
  segmentIds: readonly Id[];
  locales: readonly string[];
  angles: readonly Angle[];
}): VariantKey[] =>
  [...of.segmentIds, null].flatMap((segmentId) =>
    of.locales.flatMap((locale) => of.angles.map(({ angle, tone }) => ({ segmentId, locale, angle, tone }))),
  );

/**
 * A due message is pumped by one worker at a time in one of these slices of its channel and class. What is urgent has
 * lanes of its own, so that a security message never waits behind a campaign.
 */
export const laneCount = 16;
export const urgentLaneCount = 4;
export const urgentClasses = ["security", "transactional"] as const satisfies readonly MessageClass[];
export type UrgentClass = (typeof urgentClasses)[number];
export type Lane = { readonly channel: string; readonly class: MessageClass; readonly lane: number };

/** How long a message stays worth sending after its time has come, unless its sender says otherwise. */
export const lifeHours = { security: 0.25, transactional: 72, marketing: 24 } as const satisfies Record<
  MessageClass,
  number
>;
