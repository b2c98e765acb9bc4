/** Channels with their traits and the shape of their content, so that forms and clients need not know any by name. */
import type { Channel } from "@chorus/core/channel";
import { channelList } from "@chorus/core/wire-channel";
import { type CarrierRecord, listCarriers } from "@chorus/db/carriers";
import { z } from "zod";
import { callerOf } from "../auth.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function channelRoutes(app: Api, world: World): void {
  const described = world.channels.map(describe);
  app.route({
    method: "GET",
    url: "/v1/channels",
    config: { needs: "read" },
    schema: { summary: "Every channel, its limits and the shape of its content", response: { 200: channelList } },
    handler: async (request) => {
      const carriers = await listCarriers(world.db, callerOf(request).workspace.id);
      return {
        items: described.map((channel) => ({
          ...channel,
          carrier: carrierBody(
            world,
            carriers.find((each) => each.channel === channel.id),
          ),
        })),
      };
    },
  });
}

function describe(channel: Channel) {
  const { id, label, writingNotes } = channel;
  return {
    id,
    label,
    writingNotes,
    traits: channel.traits as Record<string, unknown>,
    contentSchema: z.toJSONSchema(channel.content) as Record<string, unknown>,
  };
}

/** One whose account was taken away carries nothing, although its row still stands for what it was told about. */
function carrierBody(world: World, carrier: CarrierRecord | undefined) {
  if (!carrier || (carrier.sealed === null && world.accounts[carrier.channel]?.name !== carrier.account)) return null;
  const { provider, account, blockedBecause, isPaused: paused } = carrier;
  const blockedUntil = carrier.blockedUntil?.toISOString() ?? null;
  return { id: world.seal.seal("carrier", carrier.id), provider, account, blockedUntil, blockedBecause, paused };
}
