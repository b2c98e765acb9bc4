/** Suppressions: an address is asked after by itself, because what is kept of it is only a hash. */
import { newSuppression, type suppressionBody, suppressionList, suppressionQuery } from "@chorus/core/wire-suppression";
import { listSuppressions, type Suppression, suppress } from "@chorus/db/suppressions";
import type { z } from "zod";
import { readAddress } from "../address.ts";
import { callerOf } from "../auth.ts";
import { badFields, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function suppressionRoutes(app: Api, world: World): void {
  app.route({
    method: "POST",
    url: "/v1/suppressions",
    config: { needs: "data" },
    schema: { summary: "Never use an address again", body: newSuppression, response: { 201: suppressionList } },
    handler: async (request, reply) => {
      const { workspace } = callerOf(request);
      const { channel, reason } = request.body;
      const address = readAddress(world.channels, request.body);
      if (address.is === "bad") return refuse(reply, badFields(address.problems));
      const addressHash = world.addressHash(workspace.id)(channel, address.value);
      const at = { workspaceId: workspace.id, channel, addressHash };
      await suppress(world.db, world.db.sql, { ...at, reason, source: "api" });
      const lines = await listSuppressions(world.db, at);
      return reply.code(201).send({ items: lines.map((line) => bodyOf(channel, line)) });
    },
  });
  app.route({
    method: "GET",
    url: "/v1/suppressions",
    config: { needs: "read" },
    schema: {
      summary: "Why an address is not used",
      querystring: suppressionQuery,
      response: { 200: suppressionList },
    },
    handler: async (request, reply) => {
      const { workspace } = callerOf(request);
      const { channel } = request.query;
      const address = readAddress(world.channels, request.query);
      if (address.is === "bad") return refuse(reply, badFields(address.problems));
      const addressHash = world.addressHash(workspace.id)(channel, address.value);
      const lines = await listSuppressions(world.db, { workspaceId: workspace.id, channel, addressHash });
      return { items: lines.map((line) => bodyOf(channel, line)) };
    },
  });
}

const bodyOf = (channel: string, line: Suppression): z.output<typeof suppressionBody> => ({
  ...line,
  channel,
  at: line.at.toISOString(),
});
