/** What a campaign would do if it went out now, and what exactly somebody would be saying yes to. */
import type { Id } from "@chorus/core/id";
import { type Plan, variantsNeeded } from "@chorus/core/plan";
import type { Problem } from "@chorus/core/problem";
import { type Campaign, segmentNames } from "@chorus/db/campaigns";
import { type Destination, listDestinations } from "@chorus/db/destinations";
import { buildPlan, segmentVersions } from "@chorus/db/plans";
import { type Preflight, preflight } from "@chorus/db/preflight";
import { hashOf } from "@chorus/db/runs";
import { listVariants, type Variant } from "@chorus/db/variants";
import { getWorkspace } from "@chorus/db/workspaces";
import { textsOf } from "@chorus/guards/check-copy";
import { type Difference, offerDifferences } from "@chorus/guards/fairness";
import { nearDuplicates } from "@chorus/guards/near-duplicates";
import type { Refusal } from "./problem.ts";
import type { World } from "./world.ts";

export type Preview = Omit<Preflight, "segments"> & {
  /** In the campaign's order, also those nobody matches; null is everyone else. */
  readonly segments: readonly { readonly id: Id | null; readonly name: string; readonly contacts: number }[];
  readonly variants: readonly Variant[];
  /** Null while words are missing. */
  readonly contentHash: string | null;
  readonly segmentVersions: Readonly<Record<string, number>>;
  readonly destinations: readonly Destination[];
  /** Of the brand's voice, as it is now. */
  readonly voiceVersion: number;
};

/** More own accounts than anybody posts to. */
const mostDestinations = 1_000;

/** Counted by the SQL that plans the run. The campaign's version fences what is read here: any change moves it. */
export async function lookAhead(world: World, campaign: Campaign): Promise<Preview> {
  const { id, workspaceId } = campaign;
  const plan = await buildPlan(world.db.sql, id, world.channels);
  if (!plan) throw new Error(`Campaign ${id} vanished while it was looked at.`);
  const variants = await listVariants(world.db, { workspaceId, campaignId: id });
  const [counted, names, hash, destinations, workspace] = await Promise.all([
    preflight(world.db, { ...plan, variants: variants.length > 0 ? variants : variantsToCome(plan) }),
    segmentNames(world.db, { workspaceId, ids: campaign.segmentIds }),
    hashOf(world.db.sql, id),
    listDestinations(world.db, { workspaceId, limit: mostDestinations }),
    getWorkspace(world.db, workspaceId),
  ]);
  if (!workspace) throw new Error(`Campaign ${id} belongs to no workspace.`);
  const written = variants.length > 0 && variants.every((variant) => variant.state === "written");
  return {
    ...counted,
    segments: [...campaign.segmentIds, null].map((segment) => ({
      id: segment,
      name: segment === null ? "Everyone else" : (names.get(segment) ?? ""),
      contacts: counted.segments.find((each) => each.id === segment)?.contacts ?? 0,
    })),
    variants,
    contentHash: written ? hash : null,
    segmentVersions: segmentVersions(plan),
    voiceVersion: workspace.voiceVersion,
    destinations: destinations.filter((destination) => campaign.channels.includes(destination.channel)),
  };
}

/** Copy that is still to be written counts as if it were: a warning says so. */
const variantsToCome = ({ segments, locales, angles }: Plan): Plan["variants"] =>
  variantsNeeded({ segmentIds: segments.map((segment) => segment.id), locales, angles }).map((each) => ({
    ...each,
    id: "0",
  }));

/** Nobody in the audience, or nobody who may be written to: says which rule kept whom out. Null: somebody gets it. */
export function nobodyReached(preview: Pick<Preflight, "audienceSize" | "channels">): Refusal | null {
  const willSend = Object.values(preview.channels).reduce((sum, channel) => sum + channel.willSend, 0);
  if (preview.audienceSize > 0 && willSend > 0) return null;
  const message =
    preview.audienceSize === 0
      ? "No contact matches the audience of this campaign. Widen its audience, or import contacts."
      : `None of the ${preview.audienceSize} contacts would get a message: ${whyNot(preview)}.`;
  return {
    is: "unprocessable",
    detail: message,
    errors: [{ path: "audience", code: "audience.empty", message }],
    also: { audienceSize: preview.audienceSize, channels: preview.channels },
  };
}

function whyNot(preview: Pick<Preflight, "audienceSize" | "channels">): string {
  const lines = Object.entries(preview.channels).map(([channel, { skipped, planned }]) => {
    const reasons = Object.entries(skipped).map(([reason, count]) => `${reason} ${count}`);
    return `${channel}: ${reasons.join(", ") || (planned === 0 ? "nothing to send to" : "nobody")}`;
  });
  return lines.join("; ");
}

const writtenCopy = ({ variants }: Preview) =>
  variants
    .filter(({ state }) => state === "written")
    .map((variant) => ({ ...variant, texts: textsOf(variant.contents) }));

export const differencesOf = (preview: Preview): Difference[] => offerDifferences(writtenCopy(preview));

type Seen = { campaign: Campaign; preview: Preview; differences: readonly Difference[] };

export function warningsOf(world: World, { campaign, preview, differences }: Seen): Problem[] {
  const warnings: Problem[] = [];
  for (const id of campaign.channels) {
    const channel = world.channels.find((each) => each.id === id);
    if (channel?.traits.reach === "public" && !preview.destinations.some((each) => each.channel === id))
      warnings.push({
        path: "channels",
        code: "destination.none",
        message: `There is nowhere to post to on ${channel.label}. Add a destination, or leave the channel out.`,
        severity: "warning",
      });
  }
  const unwritten = preview.variants.filter((variant) => variant.state !== "written").length;
  if (preview.variants.length === 0 || unwritten > 0)
    warnings.push({
      path: "variants",
      code: "variant.unwritten",
      message: `Copy is missing (${unwritten} of ${preview.variants.length} variants): what is counted here changes once it is written.`,
      severity: "warning",
    });
  const withFindings = preview.variants.filter((variant) => variant.findings.length > 0).length;
  if (withFindings > 0)
    warnings.push({
      path: "variants",
      code: "variant.findings",
      message: `${withFindings} variants have findings. Look at them before you approve.`,
      severity: "warning",
    });
  return [...warnings, ...oldVoice(preview), ...differences.map(unequal), ...alikeWarnings(preview)];
}

/** Words are held against the voice they were written under, and not again when somebody else changes it. */
function oldVoice({ variants, voiceVersion }: Preview): Problem[] {
  const isOld = (variant: Variant) => variant.voiceVersion !== null && variant.voiceVersion < voiceVersion;
  const old = variants.filter((variant) => variant.state === "written" && isOld(variant)).length;
  if (old === 0) return [];
  const message = `${old} variants were held against a voice of the brand that has been replaced since. Have them written again, or approve them as they are.`;
  return [{ path: "variants", code: "variant.old_voice", message, got: `${old}`, severity: "warning" }];
}

const unequal = ({ fact, about, values, without }: Difference): Problem => ({
  path: "variants",
  code: "variant.unequal_offer",
  message:
    values.length > 1
      ? `Segments are told different things of "${fact}" (${about}): ${values.map(({ shown }) => shown).join(", ")}.`
      : `"${fact}" (${about}) is in the copy for some segments and not for others. See "differences".`,
  got: `${values.length} values, ${without.length} segments without`,
  severity: "warning",
});

/** Two angles for the same people, or two segments, whose copy is one and the same. */
function alikeWarnings(preview: Preview): Problem[] {
  const { segments } = preview;
  const nameOf = (variant: Variant): string =>
    [segments.find(({ id }) => id === variant.segmentId)?.name, variant.locale, variant.angle, variant.tone].join(", ");
  return nearDuplicates(writtenCopy(preview), (one, other) => one.locale === other.locale).map(
    ({ one, other, likeness }) => ({
      path: "variants",
      code: "variant.alike",
      message: `The copy for "${nameOf(one)}" and for "${nameOf(other)}" is as good as the same. Have one written again, or leave it out.`,
      got: `${Math.floor(likeness * 100)}% alike`,
      severity: "warning",
    }),
  );
}
