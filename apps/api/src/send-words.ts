/** What a single send says: its own words, held against the channel and the guards, or an approved variant's. */
import type { Channel } from "@chorus/core/channel";
import { type Problem, refusalsIn } from "@chorus/core/problem";
import { mayDo } from "@chorus/core/role";
import type { SendInput } from "@chorus/core/wire-sends";
import type { NewSend } from "@chorus/db/new-send";
import { checkCopy, textsOf } from "@chorus/guards/check-copy";
import type { Sending } from "./read-send.ts";
import { unknown } from "./send-recipient.ts";
import { problemsOf } from "./validation.ts";

type Words = Pick<NewSend, "locale" | "variantId" | "content" | "facts">;

export async function readWords(
  within: Sending,
  channel: Channel,
  input: SendInput,
  locale: string,
): Promise<Words | { problems: readonly Problem[] }> {
  if (input.variant !== undefined) return await readVariantWords(within, channel, input);
  if (channel.traits.permission.needsApproval) return { problems: [unapprovedPost(channel)] };
  const read = channel.single.safeParse(input.content, { reportInput: true });
  if (!read.success) return { problems: problemsOf(read.error, channel.single).map((each) => under("content", each)) };
  const facts = { facts: input.facts, links: input.links };
  const { voice } = within.workspace;
  const checked = channel.check(read.data, { facts, locale, brand: voice.brand, single: { class: input.class } });
  const problems = refusalsIn(checked).map((each) => under("content", each));
  if (input.class === "marketing") problems.push(...marketingProblems(within, { content: read.data, facts, locale }));
  return problems.length > 0 ? { problems } : { locale, variantId: null, content: read.data, facts };
}

/** Marketing that nobody reviewed: its key must be of somebody who could have approved it, and the guards read it. */
function marketingProblems(
  { caller, workspace }: Sending,
  of: { content: unknown; facts: NewSend["facts"]; locale: string },
): Problem[] {
  if (!mayDo(caller.person.role, "approve")) return [unreviewed];
  const brief = {
    goal: "single send",
    offer: "",
    mustSay: [],
    mustNotSay: [],
    sector: "general" as const,
    factSheet: of.facts,
    mainLink: of.facts.links[0]?.id ?? "",
  };
  const texts = textsOf({ content: of.content }).map((each) => ({
    ...each,
    path: each.path.replace(/^contents\./, ""),
  }));
  const { facts, locale } = of;
  return refusalsIn(checkCopy({ texts, facts, locale, brief, voice: workspace.voice, by: "person" }));
}

async function readVariantWords(
  { world, variantOf }: Sending,
  channel: Channel,
  input: SendInput,
): Promise<Words | { problems: readonly Problem[] }> {
  if (input.class !== "marketing") return { problems: [campaignCopy] };
  const id = world.seal.open("variant", input.variant ?? "");
  const variant = id === null ? null : await variantOf(id);
  if (!variant) return { problems: [unknown("variant", "variant")] };
  if (!variant.isApproved) return { problems: [unapproved] };
  const content = variant.contents[channel.id];
  if (content === undefined)
    return {
      problems: [{ path: "variant", code: "content.missing", message: `This variant has no words for ${channel.id}.` }],
    };
  return { locale: variant.locale, variantId: variant.id, content, facts: variant.facts };
}

const under = (place: string, problem: Problem): Problem => ({
  ...problem,
  path: problem.path ? `${place}.${problem.path}` : place,
});

const unreviewed: Problem = {
  path: "class",
  code: "approval.needed",
  message:
    "Marketing words that nobody approved take the key of somebody who may approve. Send an approved variant instead.",
};
const campaignCopy: Problem = {
  path: "class",
  code: "class.marketing_copy",
  message: "A variant is a campaign's copy: its class is marketing.",
};
const unapproved: Problem = {
  path: "variant",
  code: "variant.unapproved",
  message: "Nobody has approved this variant as it stands. Have its campaign approved first.",
};

const unapprovedPost = ({ label }: Channel): Problem => ({
  path: "content",
  code: "approval.needed",
  message: `Anybody may read a post on ${label}, so a person approves its exact words first: send an approved variant, or a campaign.`,
});
