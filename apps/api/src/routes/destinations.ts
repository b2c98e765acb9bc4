/** Destinations: own accounts and channels that public posts go to. */
import type { Problem } from "@chorus/core/problem";
import { destinationBody, destinationPage, newDestination } from "@chorus/core/wire-channel";
import { pageQuery } from "@chorus/core/wire-page";
import { type Destination, listDestinations, saveDestination } from "@chorus/db/destinations";
import { z } from "zod";
import { readAddress } from "../address.ts";
import { callerOf } from "../auth.ts";
import { cutPage } from "../page.ts";
import { badFields, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function destinationRoutes(app: Api, world: World): void {
  app.route({
    method: "POST",
    url: "/v1/destinations",
    config: { needs: "data" },
    schema: { summary: "Add or rename a destination", body: newDestination, response: { 201: destinationBody } },
    handler: async (request, reply) => {
      const { workspace } = callerOf(request);
      const { channel, name, locale = workspace.locale } = request.body;
      const reach = world.channels.find((each) => each.id === channel)?.traits.reach;
      if (reach === "one_contact") return refuse(reply, badFields([notPublic(channel)]));
      const address = readAddress(world.channels, request.body);
      if (address.is === "bad") return refuse(reply, badFields(address.problems));
      const given = { workspaceId: workspace.id, channel, name, locale, address: address.value };
      return reply.code(201).send(bodyOf(world, await saveDestination(world.db, given)));
    },
  });
  app.route({
    method: "GET",
    url: "/v1/destinations",
    config: { needs: "read" },
    schema: {
      summary: "Every destination",
      querystring: z.strictObject(pageQuery),
      response: { 200: destinationPage },
    },
    handler: async (request, reply) => {
      const workspaceId = callerOf(request).workspace.id;
      const list = { workspaceId, list: "destinations" };
      const after = world.cursors.read(list, request.query.cursor);
      if (after.is === "bad") return refuse(reply, badFields(after.problems));
      const { limit } = request.query;
      const page = cutPage(
        await listDestinations(world.db, { workspaceId, limit: limit + 1, after: after.value }),
        limit,
      );
      const nextCursor = page.last && world.cursors.write(list, page.last.id);
      return { items: page.rows.map((row) => bodyOf(world, row)), nextCursor };
    },
  });
}

const notPublic = (channel: string): Problem => ({
  path: "channel",
  code: "channel.not_public",
  message: `${channel} reaches one contact at a time: its addresses belong to contacts. Public posts have destinations.`,
});

const bodyOf = (world: World, destination: Destination) => ({
  ...destination,
  id: world.seal.seal("destination", destination.id),
});
