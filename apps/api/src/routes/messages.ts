/** Messages: what became of one person's, found by contact, address, state or reason. */
import type { Id } from "@chorus/core/id";
import { messageHistoryView, messagePage, messageQuery } from "@chorus/core/wire-messages";
import { whyView } from "@chorus/core/wire-why";
import { messageHistory } from "@chorus/db/message-history";
import { messageWhy } from "@chorus/db/message-why";
import { searchMessages } from "@chorus/db/messages";
import { callerOf } from "../auth.ts";
import { idParams } from "../campaign-body.ts";
import { historyBody, messageBody } from "../message-body.ts";
import { readFilter } from "../message-search.ts";
import { cutPage } from "../page.ts";
import { badFields, notFound, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
import { whyBody } from "../why-body.ts";
import type { World } from "../world.ts";

export function messageRoutes(app: Api, world: World): void {
  app.route({
    method: "GET",
    url: "/v1/messages",
    config: { needs: "read" },
    schema: { summary: "Find messages, newest first", querystring: messageQuery, response: { 200: messagePage } },
    handler: async (request, reply) => {
      const { limit, cursor, ...filter } = request.query;
      const workspaceId = callerOf(request).workspace.id;
      const list = { workspaceId, list: `messages:${JSON.stringify(filter)}` };
      const position = world.cursors.read(list, cursor);
      if (position.is === "bad") return refuse(reply, badFields(position.problems));
      const read = readFilter(world, workspaceId, filter);
      if (read.problems.length > 0) return refuse(reply, badFields(read.problems));
      const after = position.value === null ? undefined : readPosition(position.value);
      const found = await searchMessages(world.db, { ...read.search, workspaceId, limit: limit + 1, after });
      const page = cutPage(found, limit);
      return {
        items: page.rows.map((message) => messageBody(world.seal, message)),
        nextCursor: page.last && world.cursors.write(list, `${page.last.runId}.${page.last.id}`),
      };
    },
  });
  app.route({
    method: "GET",
    url: "/v1/messages/:id",
    config: { needs: "read" },
    schema: {
      summary: "One message with everything that happened to it",
      params: idParams,
      response: { 200: messageHistoryView },
    },
    handler: async (request, reply) => {
      const ref = world.seal.openMessage(request.params.id);
      const of = ref && { workspaceId: callerOf(request).workspace.id, ref };
      const history = of && (await messageHistory(world.db, of));
      return history ? historyBody(world.seal, history) : refuse(reply, notFound("message"));
    },
  });
  app.route({
    method: "GET",
    url: "/v1/messages/:id/why",
    config: { needs: "read" },
    schema: {
      summary: "Why it was sent, or was not: what was true when that was decided",
      params: idParams,
      response: { 200: whyView },
    },
    handler: async (request, reply) => {
      const ref = world.seal.openMessage(request.params.id);
      const why = ref && (await messageWhy(world.db, { workspaceId: callerOf(request).workspace.id, ref }));
      return why ? whyBody(world, why) : refuse(reply, notFound("message"));
    },
  });
}

function readPosition(position: string): { runId: Id; messageId: Id } {
  const [runId = "0", messageId = "0"] = position.split(".");
  return { runId, messageId };
}
