/** One call of Slack's Web API: what it is given, what it may answer, and who the app is in the stand-in's workspace. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { SlackChannels, SlackPost } from "./slack-channels.ts";
import type { World } from "./world.ts";

export type SlackParts = { readonly world: World; readonly channels: SlackChannels };
export type Arguments = Readonly<Record<string, unknown>>;
export type Answered = { readonly ok: boolean } & Readonly<Record<string, unknown>>;
export type Call = {
  readonly parts: SlackParts;
  readonly given: Arguments;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
};

export const team = { id: "T0SANDBOX0", name: "Chorus sandbox" };
export const bot = { userId: "U0SANDBOX0", botId: "B0SANDBOX0", appId: "A0SANDBOX0", name: "chorus" };

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
export const failed = (error: string, more: Record<string, unknown> = {}): Answered => ({ ok: false, error, ...more });

/** A message as the API gives it out; metadata only to who asks for it. */
export function messageOf(post: SlackPost, withMetadata: boolean): Record<string, unknown> {
  return {
    type: "message",
    subtype: "bot_message",
    user: bot.userId,
    bot_id: bot.botId,
    app_id: bot.appId,
    team: team.id,
    username: post.username ?? bot.name,
    text: post.text,
    ts: post.ts,
    ...(post.threadTs ? { thread_ts: post.threadTs } : {}),
    ...(post.blocks.length > 0 ? { blocks: post.blocks } : {}),
    ...(withMetadata && post.metadata ? { metadata: post.metadata } : {}),
  };
}
