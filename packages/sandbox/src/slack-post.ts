/** chat.postMessage: checked as Slack checks it, logged before it is answered, with the faults that are set for the channel. */
import type { FastifyReply } from "fastify";
import { hangUp } from "./hang-up.ts";
import { carriedByMetadata } from "./message-id.ts";
import { checkBlocks } from "./slack-blocks.ts";
import { type Answered, type Arguments, bot, type Call, failed, messageOf, textOf } from "./slack-call.ts";
import type { SlackChannel } from "./slack-channels.ts";
import { record } from "./world.ts";

const textLimit = 40_000;

type Draft = { text: string; blocks: readonly unknown[]; metadata: unknown; username: string | null };
type Read = { is: "draft"; draft: Draft } | { is: "wrong"; answer: Answered };

export function postMessage(call: Call): Answered | FastifyReply {
  const { parts, given } = call;
  const channel = parts.channels.find(textOf(given.channel));
  if (!channel) return logRefusal(call, failed("channel_not_found"));
  if (!channel.isMember) return logRefusal(call, failed("not_in_channel"));
  const read = readDraft(given);
  if (read.is === "wrong") return logRefusal(call, read.answer);
  const early = parts.world.faults.pick("slack", ["hard_bounce", "rate_limited", "server_error"], whom(channel));
  switch (early?.is) {
    case "hard_bounce":
      return logRefusal(call, failed("is_archived"), early.is);
    case "rate_limited":
      call.reply.code(429).header("retry-after", early.retryAfterSeconds);
      return logRefusal(call, failed("ratelimited"), early.is);
    case "server_error":
      call.reply.code(500);
      return logRefusal(call, failed("internal_error"), early.is);
    case undefined:
      return accept(call, channel, read.draft);
  }
}

const whom = (channel: SlackChannel) => ({ names: [channel.id, `#${channel.name}`, channel.name] });

function readDraft(given: Arguments): Read {
  const wrong = (error: string, more = {}): Read => ({ is: "wrong", answer: failed(error, more) });
  const text = textOf(given.text);
  const verdict = given.blocks === undefined ? null : checkBlocks(given.blocks);
  if (verdict?.is === "wrong") {
    const { error, messages } = verdict;
    const errors = messages.map((each) => each.replace("[ERROR] ", ""));
    return wrong(error, { errors, response_metadata: { messages } });
  }
  const blocks = verdict?.blocks ?? [];
  if (text === "" && blocks.length === 0) return wrong("no_text");
  if (text.length > textLimit) return wrong("msg_too_long");
  const draft = { text, blocks, metadata: metadataOf(given), username: textOf(given.username) || null };
  return { is: "draft", draft };
}

const metadataOf = (given: Arguments): unknown => {
  const raw = given.metadata;
  if (typeof raw !== "string") return raw ?? null;
  try {
    return JSON.parse(raw);
  } catch {
    return null;
  }
};

const slackEntry = { provider: "slack", channel: "slack" } as const;

function logRefusal(call: Call, answer: Answered, fault?: string): Answered {
  const { parts, given } = call;
  const code = textOf(answer.error);
  const event = code === "ratelimited" ? "rate_limited" : code === "internal_error" ? "failed" : "refused";
  const channel = parts.channels.find(textOf(given.channel));
  const to = channel ? `#${channel.name}` : textOf(given.channel);
  if (to === "") return answer; // it concerns nobody
  record(
    parts.world,
    { ...slackEntry, event, ...carriedByMetadata(metadataOf(given)), to, code, fault },
    { from: bot.name, title: textOf(given.text).slice(0, 200), body: null },
  );
  return answer;
}

function accept({ parts, request, reply, given }: Call, channel: SlackChannel, draft: Draft): Answered | FastifyReply {
  const { world, channels } = parts;
  const ts = channels.nextTs();
  const late = world.faults.pick("slack", ["accept_then_hang_up", "hang"], whom(channel));
  const username = draft.username ?? bot.name;
  const { number: arrival } = record(
    world,
    {
      ...slackEntry,
      event: "accepted",
      ...carriedByMetadata(draft.metadata),
      to: `#${channel.name}`,
      providerMessageId: `${channel.id}:${ts}`,
      fault: late?.is,
    },
    {
      from: username,
      title: draft.text.slice(0, 200),
      body: { is: "slack", text: draft.text, blocks: draft.blocks, username },
    },
  );
  const threadTs = textOf(given.thread_ts) || null;
  const post = channels.post(channel, { ...draft, threadTs, arrival }, ts);
  if (late?.is === "accept_then_hang_up") return hangUp(request, reply);
  const answer = { ok: true, channel: channel.id, ts, message: messageOf(post, true) };
  if (late?.is !== "hang") return answer;
  world.timers.after(late.ms, () => void reply.send(answer));
  return reply;
}
