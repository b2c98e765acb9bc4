/**
 * Sends a variant's copy to a few of the workspace's own people, straight through the account in use. It stands outside
 * the ledger: no row, no run, no report, no link that counts. What cannot be told is told as that, and not tried again.
 */
import { randomBytes } from "node:crypto";
import type { InUse } from "@chorus/channels/account-in-use";
import type { Carrier, Channel, CompileFor, MessageLinks, Render, SendOutcome } from "@chorus/core/channel";
import { testRunId } from "@chorus/core/copy-test";
import { type Picked, pickAt } from "@chorus/core/picks";
import type { testSendView } from "@chorus/core/wire-people";
import type { Person } from "@chorus/db/people";
import { listSuppressions } from "@chorus/db/suppressions";
import type { Variant } from "@chorus/db/variants";
import type { Workspace } from "@chorus/db/workspaces";
import type { z } from "zod";
import { sampleLinks, samplePicks } from "./variant-body.ts";
import type { World } from "./world.ts";

export type TestSend = {
  readonly channel: Channel;
  readonly variant: Variant;
  readonly workspace: Workspace;
  /** Marked as a test. */
  readonly content: unknown;
  readonly people: readonly Person[];
  readonly inUse: Extract<InUse, { is: "usable" }>;
};
type Item = z.infer<typeof testSendView>["items"][number];

/** As long as somebody at a screen waits. */
const withinMs = 30_000;

/** One after the other: a few messages need no second connection. Throws when the copy cannot be compiled. */
export async function sendTests(world: World, of: TestSend): Promise<Item[]> {
  const render = of.channel.compile(of.content, compileFor(world, of));
  const carrier = of.channel.open({ ...of.inUse.account, callbackUrl: "" }); // nobody waits for reports on a test
  const signal = AbortSignal.timeout(withinMs);
  const items: Item[] = [];
  try {
    for (const person of of.people) items.push(await sendTo(world, of, { person, render, carrier, signal }));
    return items;
  } finally {
    await carrier.close?.();
  }
}

type One = { person: Person; render: Render; carrier: Carrier; signal: AbortSignal };

async function sendTo(world: World, of: TestSend, { person, render, carrier, signal }: One): Promise<Item> {
  const about = { personId: world.seal.seal("person", person.id), name: person.name };
  const address = addressOf(of.channel, person);
  if (address === null) return { ...about, messageId: null, outcome: "no_address", detail: whereToGiveOne(of.channel) };
  const addressHash = world.addressHash(of.workspace.id)(of.channel.id, address);
  const place = { workspaceId: of.workspace.id, channel: of.channel.id, addressHash };
  if ((await listSuppressions(world.db, place)).length > 0)
    return { ...about, messageId: null, outcome: "suppressed", detail: "This address is not to be used any more." };
  const messageId = world.seal.sealMessage({ runId: testRunId, messageId: newMessageId() });
  const to = { address, locale: of.variant.locale, firstName: person.name, fields: {} };
  const picks = await samplePicks(world, of.variant);
  const { body } = render({ to, links: linksFor(world, of.variant, picks), picks }, { id: messageId, at: new Date() });
  const outcome = await carrier.send(body, { messageId, attempt: 1, mayStillSend: () => !signal.aborted, signal });
  return { ...about, messageId, ...toldOf(outcome) };
}

/** A person's own e-mail address; on other channels the one that was given for them. */
function addressOf(channel: Channel, person: Person): string | null {
  const read = channel.normalizeAddress(channel.id === "email" ? person.email : (person.addresses[channel.id] ?? ""));
  return read.is === "ok" ? read.value.address : null;
}

const whereToGiveOne = ({ id }: Channel): string =>
  `This person has no address on ${id}. Give one with PUT /v1/people/{id}/addresses/${id}.`;

function toldOf(outcome: SendOutcome): Pick<Item, "outcome" | "detail"> {
  switch (outcome.is) {
    case "accepted":
      return { outcome: "accepted", detail: null };
    case "held":
      return { outcome: "deferred", detail: "There was no time left for it." };
    case "distrusted":
      return { outcome: "refused", detail: outcome.detail };
    case "refused":
    case "deferred":
    case "unknown":
      return { outcome: outcome.is, detail: outcome.detail };
  }
}

/** 62 random bits, so that no two tests share an id. */
const newMessageId = (): string => ((randomBytes(8).readBigUInt64BE() >> 2n) + 1n).toString();

function compileFor(world: World, { variant, workspace }: TestSend): CompileFor {
  return {
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
}

/** They lead straight to where they should, past our counting. The way out is shown and stands for nobody. */
function linksFor(world: World, { facts }: Variant, picks: readonly Picked[]): MessageLinks {
  const sample = sampleLinks(world.linkTokens, world.publicUrl());
  const urlOf = (number: number) => (picks[pickAt(number) ?? -1] ?? facts.links[number - 1])?.url;
  return { unsubscribe: sample.unsubscribe, link: (number) => urlOf(number) ?? sample.link(number) };
}
