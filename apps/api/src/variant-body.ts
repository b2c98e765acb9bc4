/** Variants as the outside sees them, and how each channel's version will look. */
import type { Channel, CompileFor, MessageLinks, Preview } from "@chorus/core/channel";
import type { Recipient } from "@chorus/core/contact";
import { languageOf } from "@chorus/core/fact";
import type { IdSeal } from "@chorus/core/id";
import { type LinkTokens, unsubscribeLink } from "@chorus/core/link-token";
import { type Picked, showsPicks } from "@chorus/core/picks";
import type { originView, variantLine, variantView } from "@chorus/core/wire-variants";
import { picksFor } from "@chorus/db/message-picks";
import { type Origin, originOf, revisionsOf } from "@chorus/db/variant-history";
import type { Variant } from "@chorus/db/variants";
import { getWorkspace } from "@chorus/db/workspaces";
import type { z } from "zod";
import type { World } from "./world.ts";

export const variantLineBody = (seal: IdSeal, variant: Variant): z.infer<typeof variantLine> => ({
  id: seal.seal("variant", variant.id),
  campaignId: seal.seal("campaign", variant.campaignId),
  segment: variant.segmentId ? { id: seal.seal("segment", variant.segmentId), name: variant.segmentName ?? "" } : null,
  locale: variant.locale,
  angle: variant.angle,
  tone: variant.tone,
  state: variant.state,
  revision: variant.revision,
  hash: variant.hash,
  contents: variant.contents,
  findings: variant.findings.map((finding) => ({ ...finding })),
  evidence: variant.evidence.map((each) => ({ ...each })),
  voiceVersion: variant.voiceVersion,
  writer: variant.writer,
  model: variant.model,
  prompt: variant.prompt,
  cost: variant.cost,
  fallbackReason: variant.fallbackReason,
  updatedAt: variant.updatedAt.toISOString(),
});

export async function variantBody(world: World, variant: Variant): Promise<z.infer<typeof variantView>> {
  const origin = originOf(await revisionsOf(world.db, { variantId: variant.id, upTo: variant.revision }));
  return {
    ...variantLineBody(world.seal, variant),
    facts: variant.facts,
    origin: origin && originBody(world.seal, origin),
    previews: await previewsOf(world, variant),
  };
}

export const originBody = (seal: IdSeal, origin: Origin): z.infer<typeof originView> => ({
  ...origin,
  edits: origin.edits.map(({ revision, person, at, changed }) => ({
    revision,
    by: person && { id: seal.seal("person", person.id), name: person.name },
    at: at.toISOString(),
    changed: changed.map((each) => ({ ...each })),
  })),
});

/** By channel id. Words that a channel cannot take have findings and no preview. */
export async function previewsOf(world: World, variant: Variant): Promise<z.infer<typeof variantView>["previews"]> {
  const workspace = await getWorkspace(world.db, variant.workspaceId);
  if (!workspace) throw new Error(`Variant ${variant.id} belongs to no workspace.`);
  const within: CompileFor = {
    facts: variant.facts,
    voice: workspace.voice,
    sender: workspace.sender,
    locale: variant.locale,
    class: "marketing",
    campaign: {
      id: world.seal.seal("campaign", variant.campaignId),
      workspaceId: world.seal.seal("workspace", variant.workspaceId),
    },
  };
  const filling = {
    to: sampleContact(variant.locale),
    links: sampleLinks(world.linkTokens, world.publicUrl()),
    picks: await samplePicks(world, variant),
  };
  const previews = world.channels.flatMap((channel): [string, z.infer<typeof variantView>["previews"][string]][] => {
    const content = variant.contents[channel.id];
    if (!canBeShown(channel, content, variant)) return [];
    return [[channel.id, previewBody(channel.preview(content, within, filling))]];
  });
  return Object.fromEntries(previews);
}

/** A slot that names nothing cannot be filled. Words that are only too long are shown, and their measures say by how much. */
const canBeShown = (channel: Channel, content: unknown, { facts, locale }: Variant): boolean =>
  content !== undefined &&
  channel.content.safeParse(content).success &&
  !channel.check(content, { facts, locale }).some((problem) => problem.code.startsWith("slot."));

const previewBody = ({ measures, ...preview }: Preview) => ({
  ...preview,
  measures: measures.map((measure) => ({ ...measure })),
});

/** Nobody. No preview shows the address, and the domain is set aside for examples (RFC 2606). */
const sampleContact = (locale: string): Recipient => ({
  address: "sample@example.com",
  locale,
  firstName: languageOf(locale) === "zh" ? "小明" : "Alex",
  fields: {},
});

/** What is shown to somebody of whom nothing is known; nothing is asked for words without picks. */
export async function samplePicks(
  world: World,
  { workspaceId, facts, contents }: Pick<Variant, "workspaceId" | "facts" | "contents">,
): Promise<readonly Picked[]> {
  return showsPicks(contents) ? await picksFor(world.db, { workspaceId, contactId: null, facts }) : [];
}

/** Links as long as real ones, of a message that will never be: run and message numbers nothing reaches. */
export function sampleLinks(tokens: LinkTokens, publicUrl: string): MessageLinks {
  const nobody = { runId: String(2 ** 48 - 1), messageId: String(2n ** 63n - 1n) };
  return {
    unsubscribe: `${publicUrl}/u/${tokens.write({ ...nobody, link: unsubscribeLink })}`,
    link: (number) => `${publicUrl}/c/${tokens.write({ ...nobody, link: number })}`,
  };
}
