/** Messages: what became of one person's, found by contact, address, state or reason. */
import type { Channel } from "@chorus/core/channel";
import type { Id, IdKind, IdSeal } from "@chorus/core/id";
import type { Problem } from "@chorus/core/problem";
import { messageHistoryView, messagePage, messageQuery } from "@chorus/core/wire-messages";
import { type MessageHistory, messageHistory } from "@chorus/db/message-history";
import { type MessageSearch, searchMessages } from "@chorus/db/messages";
import type { z } from "zod";
import { callerOf } from "../auth.ts";
import { idParams } from "../campaign-body.ts";
import { messageBody } from "../message-body.ts";
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

type Filter = Omit<z.infer<typeof messageQuery>, "limit" | "cursor">;
type Search = Omit<MessageSearch, "workspaceId" | "limit" | "after">;

function readFilter(world: World, workspaceId: Id, filter: Filter): { search: Search; problems: Problem[] } {
  const problems: Problem[] = [];
  const open = (kind: IdKind, path: string, text: string | undefined) => {
    const id = text === undefined ? undefined : world.seal.open(kind, text);
    if (id === null) problems.push(notAnId(kind, path));
    return id ?? undefined;
  };
  const channels = world.channels.filter((each) => filter.channel === undefined || each.id === filter.channel);
  if (channels.length === 0) problems.push(noSuchChannel(world.channels));
  const hashes =
    filter.address === undefined ? undefined : hashesOf(world, { workspaceId, channels, address: filter.address });
  if (hashes?.length === 0) problems.push(noAddress);
  const search: Search = {
    contactId: open("contact", "contact", filter.contact),
    runId: open("run", "run", filter.run),
    addressHashes: hashes,
    channel: filter.channel,
    state: filter.state,
    reason: filter.reason,
  };
  return { search, problems };
}

/** An address is looked for in every channel that can read it: the ledger knows it only as a hash of its normal form. */
function hashesOf(world: World, of: { workspaceId: Id; channels: readonly Channel[]; address: string }): Buffer[] {
  const hash = world.addressHash(of.workspaceId);
  return of.channels
    .filter((channel) => channel.traits.reach === "one_contact")
    .flatMap((channel) => {
      const read = channel.normalizeAddress(of.address);
      return read.is === "ok" ? [hash(channel.id, read.value.address)] : [];
    });
}

const notAnId = (kind: IdKind, path: string): Problem => ({
  path,
  code: "id.invalid",
  message: `This is not the id of a ${kind}. Give it as the API showed it.`,
});
const noSuchChannel = (channels: readonly Channel[]): Problem => ({
  path: "channel",
  code: "channel.unknown",
  message: `Give one of: ${channels.map((channel) => channel.id).join(", ")}.`,
});
const noAddress: Problem = {
  path: "address",
  code: "address.unreadable",
  message: "No channel can read this address. Give an e-mail address, or a phone number with its country code.",
};

function readPosition(position: string): { runId: Id; messageId: Id } {
  const [runId = "0", messageId = "0"] = position.split(".");
  return { runId, messageId };
}

const historyBody = (seal: IdSeal, history: MessageHistory): z.infer<typeof messageHistoryView> => ({
  ...messageBody(seal, history.message),
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
