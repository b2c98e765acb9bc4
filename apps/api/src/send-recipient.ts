/** Whom a single send goes to: a contact, a destination, or an address that is nobody's yet. */
import type { Channel } from "@chorus/core/channel";
import type { Id } from "@chorus/core/id";
import type { Problem } from "@chorus/core/problem";
import type { SendInput } from "@chorus/core/wire-sends";
import type { Caller } from "@chorus/db/keys";
import type { NewSend } from "@chorus/db/new-send";
import type { Sending } from "./read-send.ts";
import type { World } from "./world.ts";

export type SendTo = Pick<NewSend, "contactId" | "destinationId" | "address"> & {
  locale: string | null;
  firstName: string | null;
};
const nobody: SendTo = { contactId: null, destinationId: null, address: null, locale: null, firstName: null };

export function readTo(
  { world, workspace, recipients }: Sending,
  channel: Channel,
  input: SendInput,
): SendTo | { problem: Problem } {
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

/** Everything that all the sends name, so that it is read in one go. */
export function wantedOf(world: World, caller: Caller, inputs: readonly SendInput[]) {
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

/** Also for a name that belongs to another workspace. */
export const unknown = (path: string, noun: string): Problem => ({
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
