/** From what a person types to a search of the ledger: for GET /v1/messages and for the operators' page alike. */
import type { Channel } from "@chorus/core/channel";
import type { Id, IdKind } from "@chorus/core/id";
import type { Problem } from "@chorus/core/problem";
import type { messageQuery } from "@chorus/core/wire-messages";
import { type Message, type MessageSearch, searchMessages } from "@chorus/db/messages";
import type { z } from "zod";
import type { World } from "./world.ts";

export type Filter = Omit<z.infer<typeof messageQuery>, "limit" | "cursor">;
type Search = Omit<MessageSearch, "workspaceId" | "limit" | "after">;

export function readFilter(world: World, workspaceId: Id, filter: Filter): { search: Search; problems: Problem[] } {
  const problems: Problem[] = [];
  const open = (kind: IdKind, path: string, text: string | undefined) => {
    const id = text === undefined ? undefined : world.seal.open(kind, text);
    if (id === null) problems.push(notAnId(kind, path));
    return id ?? undefined;
  };
  const channels = world.channels.filter((each) => filter.channel === undefined || each.id === filter.channel);
  if (channels.length === 0) problems.push(noSuchChannel(world.channels));
  const hashes =
    filter.address === undefined ? undefined : hashesOf(world, { workspaceId, channels, address: filter.address });
  if (hashes?.length === 0) problems.push(noAddress);
  const ref = filter.id === undefined ? undefined : world.seal.openMessage(filter.id);
  if (ref === null) problems.push(notAnId("message", "id"));
  const search: Search = {
    ref: ref ?? undefined,
    contactExternalId: filter.externalId,
    error: filter.error,
    contactId: open("contact", "contact", filter.contact),
    runId: open("run", "run", filter.run),
    addressHashes: hashes,
    channel: filter.channel,
    state: filter.state,
    reason: filter.reason,
  };
  return { search, problems };
}

/** An address is looked for in every channel that can read it: the ledger knows it only as a hash of its normal form. */
function hashesOf(world: World, of: { workspaceId: Id; channels: readonly Channel[]; address: string }): Buffer[] {
  const hash = world.addressHash(of.workspaceId);
  return of.channels
    .filter((channel) => channel.traits.reach === "one_contact")
    .flatMap((channel) => {
      const read = channel.normalizeAddress(of.address);
      return read.is === "ok" ? [hash(channel.id, read.value.address)] : [];
    });
}

const notAnId = (kind: IdKind, path: string): Problem => ({
  path,
  code: "id.invalid",
  message: `This is not the id of a ${kind}. Give it as the API showed it.`,
});
const noSuchChannel = (channels: readonly Channel[]): Problem => ({
  path: "channel",
  code: "channel.unknown",
  message: `Give one of: ${channels.map((channel) => channel.id).join(", ")}.`,
});
const noAddress: Problem = {
  path: "address",
  code: "address.unreadable",
  message: "No channel can read this address. Give an e-mail address, or a phone number with its country code.",
};

/** One box for everything: an id, an address, a contact's own id elsewhere, or words of an error, in this order. */
export async function findByWords(
  world: World,
  of: { workspaceId: Id; words: string; limit: number },
): Promise<{ by: string; messages: Message[] }> {
  const words = of.words.trim();
  if (words === "") return { by: "", messages: [] };
  for (const [by, filter] of guesses(words)) {
    const { search, problems } = readFilter(world, of.workspaceId, filter);
    if (problems.length > 0) continue;
    const messages = await searchMessages(world.db, { ...search, workspaceId: of.workspaceId, limit: of.limit });
    if (messages.length > 0) return { by, messages };
  }
  return { by: "", messages: [] };
}

function guesses(words: string): readonly (readonly [string, Filter])[] {
  const error = ["the words of an answer", { error: words }] as const;
  if (words.startsWith("msg_")) return [["the message’s id", { id: words }]];
  if (words.startsWith("con_")) return [["the contact’s id", { contact: words }]];
  if (words.startsWith("run_")) return [["the run’s id", { run: words }]];
  const isAddress = words.includes("@") || /^\+?[\d\s().-]{7,}$/.test(words);
  const address = isAddress ? [["the address", { address: words }] as const] : [];
  return [...address, ["the contact’s own id", { externalId: words }], error];
}
