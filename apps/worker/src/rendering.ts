/** Compiled variants: everything that is the same for all messages of a variant is done once and kept. */
import type { Channel, LinkMaker, Render } from "@chorus/core/channel";
import type { Id, IdSeal } from "@chorus/core/id";
import { type LinkTokens, unsubscribeLink } from "@chorus/core/link-token";
import { readVariant } from "@chorus/db/copywriting";
import type { Db } from "@chorus/db/open";

export type Rendering = {
  /** Throws when the variant or its content for the channel is gone or cannot be compiled. */
  of(variantId: Id, channel: string): Promise<Render>;
};

const keptAtMost = 500;

export function openRendering(world: {
  db: Db;
  channels: readonly Channel[];
  seal: IdSeal;
  linkTokens: LinkTokens;
  publicUrl: string;
}): Rendering {
  const compiled = new Map<string, Promise<Render>>();
  const links = makeLinks(world);

  async function compile(variantId: Id, channelId: string): Promise<Render> {
    const channel = world.channels.find((each) => each.id === channelId);
    const variant = await readVariant(world.db, variantId);
    if (!channel || !variant) throw new Error(`Variant ${variantId} or channel ${channelId} is not there.`);
    return channel.compile(variant.contents[channelId], {
      facts: variant.facts,
      voice: variant.voice,
      sender: variant.sender,
      locale: variant.locale,
      links,
      campaign: {
        id: world.seal.seal("campaign", variant.campaignId),
        workspaceId: world.seal.seal("workspace", variant.workspaceId),
      },
    });
  }

  return {
    of(variantId, channel) {
      const key = `${variantId} ${channel}`;
      const known = compiled.get(key);
      if (known) return known;
      const compiling = compile(variantId, channel);
      compiling.catch(() => compiled.delete(key));
      compiled.set(key, compiling);
      const oldest = compiled.size > keptAtMost ? compiled.keys().next().value : undefined;
      if (oldest) compiled.delete(oldest);
      return compiling;
    },
  };
}

function makeLinks(world: { seal: IdSeal; linkTokens: LinkTokens; publicUrl: string }): LinkMaker {
  return (publicId) => {
    const message = world.seal.openMessage(publicId);
    if (!message) throw new Error("Links are made for a message's public id.");
    return {
      unsubscribe: `${world.publicUrl}/u/${world.linkTokens.write({ ...message, link: unsubscribeLink })}`,
      link: (number) => `${world.publicUrl}/c/${world.linkTokens.write({ ...message, link: number })}`,
    };
  };
}
