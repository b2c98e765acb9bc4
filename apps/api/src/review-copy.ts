/** A person's words get the same look as a model's: the channel's shape and measures, then every guard. */
import type { Channel } from "@chorus/core/channel";
import type { Problem } from "@chorus/core/problem";
import type { Contents } from "@chorus/core/variant";
import type { Campaign } from "@chorus/db/campaigns";
import type { Variant } from "@chorus/db/variants";
import type { Workspace } from "@chorus/db/workspaces";
import { checkCopy, textsOf } from "@chorus/guards/check-copy";
import { problemsOf } from "./validation.ts";

/** Reads the given channels' content in their own shapes. What has no shape cannot be stored, not even as a draft. */
export function readContents(
  given: Contents,
  of: { campaign: Campaign; channels: readonly Channel[] },
): { contents: Contents; problems: Problem[] } {
  const contents: Contents = {};
  const problems = Object.entries(given).flatMap(([id, content]): Problem[] => {
    const channel = of.campaign.channels.includes(id) && of.channels.find((each) => each.id === id);
    if (!channel) return [notOfCampaign(id, of.campaign)];
    const read = channel.content.safeParse(content, { reportInput: true });
    if (!read.success) return problemsOf(read.error, channel.content).map((each) => under(`contents.${id}`, each));
    contents[id] = read.data;
    return [];
  });
  return { contents, problems };
}

const notOfCampaign = (id: string, campaign: Campaign): Problem => ({
  path: `contents.${id}`.slice(0, 80),
  code: "channel.unknown",
  message: `This campaign does not use such a channel. It uses: ${campaign.channels.join(", ")}.`,
});

/** Findings over all of a variant's channels; those that are no warnings keep it from being approved. */
export function reviewCopy(
  contents: Contents,
  of: { campaign: Campaign; variant: Variant; workspace: Workspace; channels: readonly Channel[] },
): Problem[] {
  const { facts, locale } = of.variant;
  const { voice } = of.workspace;
  const perChannel = of.campaign.channels.flatMap((id): Problem[] => {
    const channel = of.channels.find((each) => each.id === id);
    const content = contents[id];
    if (!channel || content === undefined) return [missing(id)];
    return channel.check(content, { facts, locale, brand: voice.brand }).map((each) => under(`contents.${id}`, each));
  });
  const { brief } = of.campaign;
  return [...perChannel, ...checkCopy({ texts: textsOf(contents), facts, locale, brief, voice, by: "person" })];
}

const missing = (id: string): Problem => ({
  path: `contents.${id}`,
  code: "content.missing",
  message: "This channel has no words yet. Write them, or have the variant rewritten.",
});

const under = (place: string, problem: Problem): Problem => ({
  ...problem,
  path: problem.path ? `${place}.${problem.path}` : place,
});
