/** Compiled variants: everything that is the same for all messages of a variant is done once and kept. */
import type { Channel, Filling, MessageLinks, Render } from "@chorus/core/channel";
import type { IdSeal, MessageRef } from "@chorus/core/id";
import { type LinkTokens, unsubscribeLink } from "@chorus/core/link-token";
import { contentHash } from "@chorus/core/variant";
import { readVariant } from "@chorus/db/copywriting";
import type { Leased } from "@chorus/db/lease";
import type { Db } from "@chorus/db/open";
import type { SendCopy } from "@chorus/db/send-copy";
import { getWorkspace } from "@chorus/db/workspaces";

export type Rendering = {
  /** Throws when the message's words are gone or cannot be compiled. */
  of(message: Rendered): Promise<Render>;
  /** What the message fills into them. Each link is made when it is first asked for, and once. */
  filling(message: Addressed): Filling;
};

/** What decides how a message is rendered: its own words, or its variant's. */
export type Rendered = Pick<Leased, "workspaceId" | "channel" | "class" | "locale" | "variantId" | "send">;

type Addressed = MessageRef & Pick<Leased, "address" | "locale" | "firstName" | "fields" | "picks">;

const keptAtMost = 500;

export function openRendering(world: {
  db: Db;
  channels: readonly Channel[];
  seal: IdSeal;
  linkTokens: LinkTokens;
  publicUrl: string;
}): Rendering {
  const compiled = new Map<string, Promise<Render>>();

  async function compile(message: Rendered): Promise<Render> {
    const channel = world.channels.find((each) => each.id === message.channel);
    if (!channel) throw new Error(`There is no channel ${message.channel}.`);
    return message.send ? await compileSend(channel, message, message.send) : await compileVariant(channel, message);
  }

  async function compileVariant(channel: Channel, message: Rendered): Promise<Render> {
    const variant = message.variantId === null ? null : await readVariant(world.db, message.variantId);
    if (!variant) throw new Error(`Variant ${message.variantId} is not there.`);
    const { facts, voice, sender, locale } = variant;
    return channel.compile(variant.contents[channel.id], {
      ...{ facts, voice, sender, locale },
      class: message.class,
      campaign: {
        id: world.seal.seal("campaign", variant.campaignId),
        workspaceId: world.seal.seal("workspace", variant.workspaceId),
      },
    });
  }

  async function compileSend(channel: Channel, message: Rendered, send: SendCopy): Promise<Render> {
    const workspace = await getWorkspace(world.db, message.workspaceId);
    if (!workspace) throw new Error(`Workspace ${message.workspaceId} is not there.`);
    return channel.compile(send.content, {
      facts: send.facts,
      voice: workspace.voice,
      sender: { ...workspace.sender, ...send.sender },
      locale: message.locale,
      class: message.class,
      campaign: { id: "single", workspaceId: world.seal.seal("workspace", workspace.id) },
    });
  }

  return {
    of(message) {
      const key = keyOf(message);
      const known = compiled.get(key);
      if (known) return known;
      const compiling = compile(message);
      compiling.catch(() => compiled.delete(key));
      compiled.set(key, compiling);
      const oldest = compiled.size > keptAtMost ? compiled.keys().next().value : undefined;
      if (oldest) compiled.delete(oldest);
      return compiling;
    },
    filling: ({ address, locale, firstName, fields, picks, ...ref }) => ({
      to: { address: address ?? "", locale, firstName, fields },
      links: linksOf(world, ref),
      picks,
    }),
  };
}

/** Single sends with the same words share what was compiled; only their fields differ. */
const keyOf = ({ channel, class: messageClass, ...message }: Rendered): string =>
  message.send
    ? contentHash([message.workspaceId, channel, messageClass, message.locale, message.send])
    : `${message.variantId} ${channel}`;

type LinkPlace = { readonly linkTokens: LinkTokens; readonly publicUrl: string };

function linksOf({ linkTokens, publicUrl }: LinkPlace, { runId, messageId }: MessageRef): MessageLinks {
  const made: string[] = [];
  const token = (link: number) => (made[link] ??= linkTokens.write({ runId, messageId, link }));
  return {
    get unsubscribe() {
      return `${publicUrl}/u/${token(unsubscribeLink)}`;
    },
    link: (number) => `${publicUrl}/c/${token(number)}`,
  };
}
