/** Slack's Web API, the five methods that posting and looking back need: `ok:false` with Slack's own codes, 429 with Retry-After. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isRecord } from "./message-id.ts";
import {
  type Answered,
  type Arguments,
  bot,
  type Call,
  failed,
  messageOf,
  type SlackParts,
  team,
  textOf,
} from "./slack-call.ts";
import { history } from "./slack-history.ts";
import { postMessage } from "./slack-post.ts";
import type { World } from "./world.ts";

type Method = (call: Call) => Answered | FastifyReply;

const methods = new Map<string, Method>(
  Object.entries({
    "auth.test": () => ({
      ok: true,
      url: "https://chorus-sandbox.slack.com/",
      team: team.name,
      user: bot.name,
      team_id: team.id,
      user_id: bot.userId,
      bot_id: bot.botId,
      is_enterprise_install: false,
    }),
    "chat.postMessage": postMessage,
    "chat.delete": deleteMessage,
    "conversations.list": listChannels,
    "conversations.history": ({ parts, given }) => {
      const channel = parts.channels.find(textOf(given.channel));
      if (!channel) return failed("channel_not_found");
      return channel.isMember ? history(channel, given, messageOf) : failed("not_in_channel");
    },
  }),
);

export function slackRoutes(app: FastifyInstance, parts: SlackParts): void {
  app.route<{ Params: { method: string } }>({
    method: ["GET", "POST"],
    url: "/api/:method",
    handler: async (request, reply) => {
      const given = { ...asArguments(request.query), ...asArguments(request.body) };
      reply.header("x-oauth-scopes", "chat:write,channels:history,channels:read");
      const denied = authentication(request, given, parts.world);
      if (denied) return denied;
      const method = methods.get(request.params.method);
      return method ? method({ parts, given, request, reply }) : failed("unknown_method");
    },
  });
}

const asArguments = (value: unknown): Arguments => (isRecord(value) ? value : {});
function authentication(request: FastifyRequest, given: Arguments, world: World): Answered | null {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? textOf(given.token);
  if (token === "") return failed("not_authed");
  return token === world.accounts.slackToken ? null : failed("invalid_auth");
}

function deleteMessage({ parts, given }: Call): Answered {
  const channel = parts.channels.find(textOf(given.channel));
  if (!channel) return failed("channel_not_found");
  const ts = textOf(given.ts);
  const at = channel.posts.findIndex((post) => post.ts === ts);
  const [post] = at < 0 ? [] : channel.posts.splice(at, 1);
  if (!post) return failed("message_not_found");
  const now = new Date().toISOString();
  parts.world.inbox.note(post.arrival, { at: now, event: "deleted", detail: "by chat.delete" });
  return { ok: true, channel: channel.id, ts };
}

function listChannels({ parts }: Call): Answered {
  const channels = parts.channels.all().map((each) => ({
    id: each.id,
    name: each.name,
    name_normalized: each.name,
    is_channel: true,
    is_private: false,
    is_archived: false,
    is_general: each.name === "general",
    is_member: each.isMember,
    created: each.createdAt,
    creator: bot.userId,
    num_members: each.isMember ? 1 : 0,
  }));
  return { ok: true, channels, response_metadata: { next_cursor: "" } };
}
