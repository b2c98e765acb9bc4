/**
 * An OpenAI-compatible Chat Completions endpoint with no model behind it: it reads the segment and the slots out of
 * the request and fills the wanted schema from a phrase book. Enough to develop, test and show the whole path offline.
 */
import { createHash, randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type CopyRequest, readCopyRequest, textOfMessage } from "./copy-request.ts";
import { fillSchema } from "./fill-schema.ts";
import { hangUp } from "./hang-up.ts";
import { isRecord } from "./message-id.ts";
import { wantedSchema } from "./wanted-schema.ts";
import type { World } from "./world.ts";

export const standInModel = "stand-in (no model)";

type Body = Readonly<Record<string, unknown>>;

export function openaiRoutes(app: FastifyInstance, world: World): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", `req_${randomUUID().replaceAll("-", "")}`);
    if (!/^Bearer \S+/.test(request.headers.authorization ?? ""))
      return refuse(reply, { status: 401, code: "invalid_api_key", message: "You didn't provide an API key." });
  });
  app.get("/v1/models", async () => ({
    object: "list",
    data: [{ id: standInModel, object: "model", created: 0, owned_by: "chorus-sandbox" }],
  }));
  app.post("/v1/chat/completions", async (request, reply) => complete({ world, request, reply }));
}

type Refusal = { status: number; code: string; message: string };

const errorTypes: Readonly<Record<number, string>> = { 429: "requests", 500: "server_error" };

const refuse = (reply: FastifyReply, { status, code, message }: Refusal): FastifyReply =>
  reply
    .code(status)
    .send({ error: { message, type: errorTypes[status] ?? "invalid_request_error", param: null, code } });

type Completing = { world: World; request: FastifyRequest; reply: FastifyReply };

function complete({ world, request, reply }: Completing): FastifyReply {
  const body: Body = isRecord(request.body) ? request.body : {};
  if (!Array.isArray(body.messages) || body.messages.length === 0)
    return refuse(reply, {
      status: 400,
      code: "missing_required_parameter",
      message: "Missing required parameter: 'messages'.",
    });
  if (body.stream === true)
    return refuse(reply, {
      status: 400,
      code: "unsupported_value",
      message: "The stand-in does not stream: leave 'stream' out.",
    });
  const asked = readCopyRequest(body.messages);
  const who = { names: asked?.segmentNames ?? [], segments: asked?.segmentNames ?? [] };
  const early = world.faults.pick("openai", ["rate_limited", "server_error"], who);
  if (early?.is === "rate_limited") {
    reply.header("retry-after", early.retryAfterSeconds);
    return refuse(reply, { status: 429, code: "rate_limit_exceeded", message: "Rate limit reached." });
  }
  if (early) return refuse(reply, { status: 500, code: "server_error", message: "The server had an error." });
  const spoilt = world.faults.pick("openai", ["refuse_copy", "truncate_copy", "invalid_json"], who);
  const answer = completion(body, { content: write(body, asked), spoilt: spoilt?.is ?? null });
  const late = world.faults.pick("openai", ["accept_then_hang_up", "hang"], who);
  if (late?.is === "accept_then_hang_up") return hangUp(request, reply);
  if (late?.is === "hang") world.timers.after(late.ms, () => void reply.send(answer));
  else reply.send(answer);
  return reply;
}

function write(body: Body, asked: CopyRequest | null): string {
  if (!asked)
    return "This is the sandbox's stand-in: there is no model here, and the request holds no segment to write for.";
  return JSON.stringify(fillSchema(wantedSchema(body, asked), asked));
}

type Spoilt = "refuse_copy" | "truncate_copy" | "invalid_json" | null;

function completion(body: Body, { content, spoilt }: { content: string; spoilt: Spoilt }) {
  const limit = Number(body.max_completion_tokens ?? body.max_tokens ?? Number.POSITIVE_INFINITY);
  const cut = spoilt === "truncate_copy" || countTokens(content) > limit;
  const said = spoil(content, { spoilt, cut, limit });
  const prompt = (body.messages as unknown[]).map((each) => (isRecord(each) ? textOfMessage(each.content) : ""));
  const usage = {
    prompt_tokens: countTokens(prompt.join("\n")),
    completion_tokens: countTokens(said.content ?? said.refusal ?? ""),
  };
  return {
    id: `chatcmpl-${createHash("sha256").update(JSON.stringify(body)).digest("hex").slice(0, 29)}`,
    object: "chat.completion",
    created: Math.floor(Date.now() / 1000),
    model: standInModel,
    choices: [
      { index: 0, message: { role: "assistant", ...said }, logprobs: null, finish_reason: cut ? "length" : "stop" },
    ],
    usage: {
      ...usage,
      total_tokens: usage.prompt_tokens + usage.completion_tokens,
      prompt_tokens_details: { cached_tokens: 0 },
    },
    system_fingerprint: "chorus-sandbox",
  };
}

type Spoiling = { spoilt: Spoilt; cut: boolean; limit: number };

function spoil(content: string, { spoilt, cut, limit }: Spoiling): { content: string | null; refusal: string | null } {
  if (spoilt === "refuse_copy") return { content: null, refusal: "I'm sorry, but I can't help with that request." };
  const kept = Math.min(Math.floor(content.length / 2), Number.isFinite(limit) ? limit * 2 : content.length);
  if (cut) return { content: content.slice(0, kept), refusal: null };
  return {
    content: spoilt === "invalid_json" ? `Here is your copy:\n${content.slice(0, -2)},` : content,
    refusal: null,
  };
}

/** About: 4 characters a token in English, 1.9 in Chinese. */
function countTokens(text: string): number {
  const wide = text.match(/[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/g)?.length ?? 0;
  return Math.ceil((text.length - wide) / 4 + wide / 1.9);
}
