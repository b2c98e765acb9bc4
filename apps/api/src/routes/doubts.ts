/** How strict the workspace is with what is in doubt, and the reports that nobody could match. */
import { doubtPolicyBody, unmatchedList, unmatchedQuery } from "@chorus/core/wire-doubts";
import { recordAudit } from "@chorus/db/audit";
import { readAtMostOnce, setAtMostOnce } from "@chorus/db/doubts";
import { listUnmatched } from "@chorus/db/unmatched";
import { callerOf } from "../auth.ts";
import { cutPage } from "../page.ts";
import { badFields, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function doubtRoutes(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/doubt-policy",
    config: { needs: "read" },
    schema: { summary: "Whether anything may go out a second time", response: { 200: doubtPolicyBody } },
    handler: async (request) => ({ atMostOnce: await readAtMostOnce(world.db, callerOf(request).workspace.id) }),
  });
  app.route({
    method: "PUT",
    url: "/v1/doubt-policy",
    config: { needs: "connect" },
    schema: {
      summary: "Be stricter with doubts than the classes of messages are, or as strict as they are",
      body: doubtPolicyBody,
      response: { 200: doubtPolicyBody },
    },
    handler: async (request) => {
      const { workspace, person } = callerOf(request);
      const { atMostOnce } = request.body;
      await setAtMostOnce(world.db, { workspaceId: workspace.id, atMostOnce });
      await recordAudit(world.db, {
        ...{ workspaceId: workspace.id, personId: person.id, action: "doubts.policy" },
        ...{ subject: `workspace:${workspace.id}`, detail: { atMostOnce } },
      });
      return { atMostOnce };
    },
  });
  app.route({
    method: "GET",
    url: "/v1/unmatched",
    config: { needs: "read" },
    schema: {
      summary: "Bounces and complaints that name no message, newest first",
      querystring: unmatchedQuery,
      response: { 200: unmatchedList },
    },
    handler: async (request, reply) => {
      const { limit, cursor } = request.query;
      const list = { workspaceId: callerOf(request).workspace.id, list: "unmatched" };
      const after = world.cursors.read(list, cursor);
      if (after.is === "bad") return refuse(reply, badFields(after.problems));
      const of = { workspaceId: list.workspaceId, limit: limit + 1, after: after.value };
      const page = cutPage(await listUnmatched(world.db, of), limit);
      return {
        items: page.rows.map(({ position: _, receivedAt, ...report }) => ({
          ...report,
          receivedAt: receivedAt.toISOString(),
        })),
        nextCursor: page.last && world.cursors.write(list, page.last.position),
      };
    },
  });
}
