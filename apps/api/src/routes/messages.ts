/** Messages: what became of one person's, found by contact, address, state or reason. */
import type { Id, IdSeal } from "@chorus/core/id";
import { messageHistoryView, messagePage, messageQuery } from "@chorus/core/wire-messages";
import { type MessageHistory, messageHistory } from "@chorus/db/message-history";
import { searchMessages } from "@chorus/db/messages";
import type { z } from "zod";
import { callerOf } from "../auth.ts";
import { idParams } from "../campaign-body.ts";
import { messageBody } from "../message-body.ts";
import { readFilter } from "../message-search.ts";
import { cutPage } from "../page.ts";
import { badFields, notFound, refuse } from "../problem.ts";
import type { Api } from "../server.ts";
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
}

function readPosition(position: string): { runId: Id; messageId: Id } {
  const [runId = "0", messageId = "0"] = position.split(".");
  return { runId, messageId };
}

const historyBody = (seal: IdSeal, history: MessageHistory): z.infer<typeof messageHistoryView> => ({
  ...messageBody(seal, history.message),
  maybeTwice: history.doubts.some((doubt) => doubt.resolution === "resent"),
  due: history.due && {
    notBefore: history.due.notBefore.toISOString(),
    expiresAt: history.due.expiresAt.toISOString(),
  },
  attempts: history.attempts.map(({ at, ...attempt }) => ({ ...attempt, at: at.toISOString() })),
  events: history.events.map(({ receivedAt, ...event }) => ({ ...event, receivedAt: receivedAt.toISOString() })),
  doubts: history.doubts.map(({ since, resolvedAt, ...doubt }) => ({
    ...doubt,
    since: since.toISOString(),
    resolvedAt: resolvedAt?.toISOString() ?? null,
  })),
  clicks: history.clicks.map(({ link, at }) => ({ link, at: at.toISOString() })),
});
