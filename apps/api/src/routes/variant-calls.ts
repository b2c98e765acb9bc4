/** What a model was asked for a variant, what it took and what it cost. */

import { pageQuery } from "@chorus/core/wire-page";
import { variantCallPage } from "@chorus/core/wire-variant-calls";
import { listVariantCalls } from "@chorus/db/variant-calls";
import { getVariant } from "@chorus/db/variants";
import { z } from "zod";
import { callerOf } from "../auth.ts";
import { idParams } from "../campaign-body.ts";
import { cutPage } from "../page.ts";
import { badFields, notFound, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function variantCallRoutes(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/variants/:id/calls",
    config: { needs: "read" },
    schema: {
      summary: "The calls of a model behind one variant, newest first",
      params: idParams,
      querystring: z.strictObject(pageQuery),
      response: { 200: variantCallPage },
    },
    handler: async (request, reply) => {
      const workspaceId = callerOf(request).workspace.id;
      const variantId = world.seal.open("variant", request.params.id);
      if (!variantId || !(await getVariant(world.db, { workspaceId, id: variantId })))
        return refuse(reply, notFound("variant"));
      const { limit, cursor } = request.query;
      const list = { workspaceId, list: `calls:${variantId}` };
      const after = world.cursors.read(list, cursor);
      if (after.is === "bad") return refuse(reply, badFields(after.problems));
      const of = { workspaceId, variantId, limit: limit + 1, after: after.value };
      const page = cutPage(await listVariantCalls(world.db, of), limit);
      return {
        items: page.rows.map(({ id: _, at, ...call }) => ({ ...call, at: at.toISOString() })),
        nextCursor: page.last && world.cursors.write(list, page.last.id),
      };
    },
  });
}
