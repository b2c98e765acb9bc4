/** Reads what another service wants sent: finds whom and what it names, and holds its words against the channel. */
import type { Channel } from "@chorus/core/channel";
import type { Id } from "@chorus/core/id";
import { type Problem, refusalsIn } from "@chorus/core/problem";
import { mayDo } from "@chorus/core/role";
import { pickLocale } from "@chorus/core/variant";
import type { SendInput } from "@chorus/core/wire-sends";
import type { Caller } from "@chorus/db/keys";
import { findApprovedVariant, findRecipients, type Recipients } from "@chorus/db/send-sources";
import type { NewSend } from "@chorus/db/sends";
import { getWorkspace, type Workspace } from "@chorus/db/workspaces";
import { checkCopy, textsOf } from "@chorus/guards/check-copy";
import { senderProblem } from "./sender-domain.ts";
import { problemsOf } from "./validation.ts";
import type { World } from "./world.ts";

export type ReadSends = { readonly sends: readonly NewSend[]; readonly problems: readonly Problem[] };

/** In the order of the request; with any problem nothing of it may be sent. */
export async function readSends(world: World, caller: Caller, inputs: readonly SendInput[]): Promise<ReadSends> {
  const workspace = await getWorkspace(world.db, caller.workspace.id);
  if (!workspace) throw new Error("A key opened a workspace that is not there.");
  const recipients = await findRecipients(world.db, { workspaceId: workspace.id, ...wantedOf(world, caller, inputs) });
  const sends: NewSend[] = [];
  const problems: Problem[] = [];
  for (const [index, input] of inputs.entries()) {
    const read = await readSend({ world, caller, workspace, recipients }, input);
    if ("send" in read) sends.push(read.send);
    else problems.push(...read.problems.map((each) => under(inputs.length > 1 ? `messages[${index}]` : "", each)));
  }
  return { sends, problems };
}

type Within = { world: World; caller: Caller; workspace: Workspace; recipients: Recipients };
type Read = { send: NewSend } | { problems: readonly Problem[] };

async function readSend(within: Within, input: SendInput): Promise<Read> {
  const channel = within.world.channels.find((each) => each.id === input.channel);
  if (!channel) return { problems: [noSuchChannel(within.world.channels, input.channel)] };
  const to = readTo(within, channel, input);
  const sender = input.from ? senderProblem(within.workspace, channel, input.from) : null;
  const found = [...("problem" in to ? [to.problem] : []), ...(sender ? [sender] : []), ...timeProblems(input)];
  if ("problem" in to || found.length > 0) return { problems: found };
  const locale = input.locale ?? to.locale ?? within.workspace.locale;
  const words = await readWords(within, channel, input, locale);
  if ("problems" in words) return words;
  return {
    send: {
      ...{ channel: channel.id, class: input.class, fields: input.fields, sender: input.from ?? null },
      ...{ contactId: to.contactId, destinationId: to.destinationId, address: to.address },
      fields: to.firstName ? { first_name: to.firstName, ...input.fields } : input.fields,
      ...words,
      notBefore: input.sendAt ? new Date(input.sendAt) : null,
      expiresAt: input.expiresAt ? new Date(input.expiresAt) : null,
    },
  };
}

type To = Pick<NewSend, "contactId" | "destinationId" | "address"> & {
  locale: string | null;
  firstName: string | null;
};
const nobody: To = { contactId: null, destinationId: null, address: null, locale: null, firstName: null };

function readTo(
  { world, workspace, recipients }: Within,
  channel: Channel,
  input: SendInput,
): To | { problem: Problem } {
  const { contact, externalId, destination, address, firstName } = input.to;
  const isPublic = channel.traits.reach === "public";
  if (isPublic !== (destination !== undefined)) return { problem: wrongReach(isPublic) };
  if (destination !== undefined) {
    const known = recipients.destinations.get(world.seal.open("destination", destination) ?? "");
    if (known?.channel !== channel.id) return { problem: unknown("to.destination", "destination") };
    return { ...nobody, destinationId: known.id, locale: known.locale };
  }
  if (address !== undefined) {
    const read = channel.normalizeAddress(address);
    if (read.is === "bad")
      return { problem: { code: "address.invalid", message: "", ...read.problems[0], path: "to.address" } };
    const hash = world.addressHash(workspace.id)(channel.id, read.value.address);
    const owner = recipients.owners.get(`${channel.id} ${hash.toString("hex")}`);
    if (owner) return { ...nobody, contactId: owner.id, locale: owner.locale };
    if (input.class === "marketing") return { problem: marketingToNobody };
    return { ...nobody, address: { value: read.value.address, hash }, firstName: firstName ?? null };
  }
  const known =
    contact === undefined
      ? recipients.byExternalId.get(externalId ?? "")
      : recipients.byId.get(world.seal.open("contact", contact) ?? "");
  if (!known) return { problem: unknown(contact === undefined ? "to.externalId" : "to.contact", "contact") };
  return { ...nobody, contactId: known.id, locale: known.locale };
}

type Words = Pick<NewSend, "locale" | "variantId" | "content" | "facts">;

async function readWords(
  within: Within,
  channel: Channel,
  input: SendInput,
  locale: string,
): Promise<Words | { problems: readonly Problem[] }> {
  if (input.variant !== undefined) return await readVariantWords(within, channel, input);
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
  { caller, workspace }: Within,
  of: { content: unknown; facts: NewSend["facts"]; locale: string },
): Problem[] {
  if (!mayDo(caller.person.role, "approve")) return [unreviewed];
  const brief = {
    goal: "single send",
    offer: "",
    mustSay: [],
    mustNotSay: [],
    factSheet: of.facts,
    mainLink: of.facts.links[0]?.id ?? "",
  };
  const texts = textsOf({ content: of.content }).map((each) => ({
    ...each,
    path: each.path.replace(/^contents\./, ""),
  }));
  return refusalsIn(checkCopy({ texts, facts: of.facts, locale: of.locale, brief, voice: workspace.voice }));
}

async function readVariantWords(
  { world, workspace }: Within,
  channel: Channel,
  input: SendInput,
): Promise<Words | { problems: readonly Problem[] }> {
  if (input.class !== "marketing") return { problems: [campaignCopy] };
  const id = world.seal.open("variant", input.variant ?? "");
  const variant = id === null ? null : await findApprovedVariant(world.db, { workspaceId: workspace.id, id });
  if (!variant) return { problems: [unknown("variant", "variant")] };
  if (!variant.isApproved) return { problems: [unapproved] };
  const content = variant.contents[channel.id];
  if (content === undefined)
    return {
      problems: [{ path: "variant", code: "content.missing", message: `This variant has no words for ${channel.id}.` }],
    };
  return { locale: pickLocale(variant.locale, [variant.locale]), variantId: variant.id, content, facts: variant.facts };
}

/** Everything that all the sends name, so that it is read in one go. */
function wantedOf(world: World, caller: Caller, inputs: readonly SendInput[]) {
  const hash = world.addressHash(caller.workspace.id);
  const ids = (kind: "contact" | "destination") =>
    inputs.flatMap(({ to }): Id[] => {
      const id = to[kind] === undefined ? null : world.seal.open(kind, to[kind]);
      return id === null ? [] : [id];
    });
  const addresses = inputs.flatMap(({ channel: channelId, to }) => {
    const channel = world.channels.find((each) => each.id === channelId);
    const read = to.address === undefined ? undefined : channel?.normalizeAddress(to.address);
    return channel && read?.is === "ok" ? [{ channel: channel.id, hash: hash(channel.id, read.value.address) }] : [];
  });
  return {
    contactIds: ids("contact"),
    externalIds: inputs.flatMap(({ to }) => (to.externalId === undefined ? [] : [to.externalId])),
    destinationIds: ids("destination"),
    addresses,
  };
}

function timeProblems({ sendAt, expiresAt }: SendInput): Problem[] {
  if (!expiresAt || new Date(expiresAt) > new Date(sendAt ?? 0)) return [];
  return [{ path: "expiresAt", code: "time.order", message: "It must lie after sendAt." }];
}

const under = (place: string, problem: Problem): Problem =>
  place ? { ...problem, path: problem.path ? `${place}.${problem.path}` : place } : problem;

const noSuchChannel = (channels: readonly Channel[], got: string): Problem => ({
  path: "channel",
  code: "channel.unknown",
  message: `Give one of: ${channels.map((each) => each.id).join(", ")}.`,
  got,
});
const unknown = (path: string, noun: string): Problem => ({
  path,
  code: `${noun}.unknown`,
  message: `This workspace has no such ${noun}.`,
});
const wrongReach = (isPublic: boolean): Problem => ({
  path: "to",
  code: "to.reach",
  message: isPublic
    ? "A public channel posts to a destination of yours."
    : "This channel reaches one contact or address.",
});
const marketingToNobody: Problem = {
  path: "to.address",
  code: "consent.unknown",
  message:
    "Marketing goes to contacts, whose consent is on record, and this address is no contact's. Add the contact first.",
};
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
