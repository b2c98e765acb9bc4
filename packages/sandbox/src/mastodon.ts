/** An instance of Mastodon: who a token is, what the instance takes, posting under an Idempotency-Key, and the account's posts. */
import { countGraphemes } from "@chorus/core/measure";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { escapeHtml, html } from "./html.ts";
import type { Mark } from "./inbox.ts";
import { carriedByRequestId, isRecord } from "./message-id.ts";
import { type Call, earlyFault, type Post, refuse, take } from "./post-outcome.ts";
import type { PostStandIn } from "./post-stand-ins.ts";
import type { World } from "./world.ts";

const account = { id: "109000000000000001", acct: "shop", domain: "mastodon.test", token: "sandbox-mastodon-token" };
const address = `@${account.acct}@${account.domain}`;
const limits = { characters: 500, perLink: 23 };
const keptForMs = 60 * 60_000;

export const mastodonStandIn: PostStandIn = {
  channel: "mastodon",
  name: "Mastodon",
  drawing: html`<path d="M4 8.5c0-3 2-5 5-5h6c3 0 5 2 5 5v4c0 3-2 4.5-5 4.5h-5c0 2.5 3 3 6 2.3-1 1.2-3 1.7-5 1.7-5 0-7-3-7-7z"/><path d="M8 12.5v-3c0-3 4-3 4 0v2m0-2c0-3 4-3 4 0v3"/>`,
  ink: ["#5a4fcf", "#b3a9ff"],
  routes: mastodonRoutes,
  address,
  environment: (url) => ({ MASTODON_BASE_URL: url, MASTODON_TOKEN: account.token }),
};

type Status = { readonly id: string; readonly created_at: string; readonly content: string; readonly url: string };

function mastodonRoutes(app: FastifyInstance, world: World): void {
  /** Newest first. */
  const statuses: Status[] = [];
  const byKey = new Map<string, Status>();
  app.get("/api/v2/instance", async () => ({
    domain: account.domain,
    title: "Chorus sandbox",
    version: "4.5.0",
    configuration: {
      statuses: {
        max_characters: limits.characters,
        characters_reserved_per_url: limits.perLink,
        max_media_attachments: 4,
      },
    },
  }));
  app.get("/api/v1/accounts/verify_credentials", async (request, reply) =>
    knows(request) ? { id: account.id, username: account.acct, acct: account.acct } : unauthorized(reply),
  );
  app.get<{ Params: { id: string }; Querystring: Record<string, string> }>(
    "/api/v1/accounts/:id/statuses",
    async ({ params, query }, reply) => {
      if (params.id !== account.id) return reply.code(404).send({ error: "Record not found" });
      const from =
        query.max_id === undefined ? 0 : statuses.findIndex(({ id }) => BigInt(id) < BigInt(query.max_id ?? 0));
      return from < 0 ? [] : statuses.slice(from, from + Math.min(40, Number(query.limit) || 20));
    },
  );
  app.post("/api/v1/statuses", async (request, reply) =>
    knows(request) ? postStatus({ world, request, reply }, { statuses, byKey }) : unauthorized(reply),
  );
}

const knows = ({ headers }: FastifyRequest): boolean => headers.authorization === `Bearer ${account.token}`;
const unauthorized = (reply: FastifyReply) => reply.code(401).send({ error: "The access token is invalid" });

type Kept = { readonly statuses: Status[]; readonly byKey: Map<string, Status> };

function postStatus(call: Call, { statuses, byKey }: Kept): unknown {
  const { request, reply, world } = call;
  const key = String(request.headers["idempotency-key"] ?? "");
  const known = key === "" ? undefined : byKey.get(key);
  if (known) return known;
  const text = isRecord(request.body) && typeof request.body.status === "string" ? request.body.status.trim() : "";
  const post: Post = { channel: "mastodon", to: address, messageId: carriedByRequestId(key).messageId, text };
  const wrong = whatIsWrong(text);
  if (wrong) {
    refuse(call, post, "422");
    return reply.code(422).send({ error: `Validation failed: ${wrong}` });
  }
  const early = earlyFault(call, post);
  if (early?.is === "server_error") return reply.code(500).send({ error: "Internal server error" });
  if (early) {
    reply.header("x-ratelimit-reset", new Date(Date.now() + early.retryAfterSeconds * 1000).toISOString());
    return reply.code(429).send({ error: "Too many requests" });
  }
  const status = statusOf(text, statuses[0]);
  statuses.unshift(status);
  if (key !== "") {
    byKey.set(key, status);
    world.timers.after(keptForMs, () => void byKey.delete(key));
  }
  return take(call, post, { providerMessageId: status.id, marks: marksIn(text), answer: status });
}

/** As status_length_validator counts: graphemes, every link as long as the instance says. */
function whatIsWrong(text: string): string | null {
  if (text === "") return "Text can't be blank";
  const counted = text.replace(link, "x".repeat(limits.perLink));
  return countGraphemes(counted) > limits.characters ? `Text character limit of ${limits.characters} exceeded` : null;
}

/** Ids count up with the time, as an instance makes them. */
function statusOf(text: string, newest: Status | undefined): Status {
  const now = Date.now();
  const made = BigInt(now) << 16n;
  const id = String(newest && BigInt(newest.id) >= made ? BigInt(newest.id) + 1n : made);
  const paragraphs = text.split(/\n{2,}/).map((each) => `<p>${linked(each).replaceAll("\n", "<br />")}</p>`);
  const url = `https://${account.domain}/@${account.acct}/${id}`;
  return { id, created_at: new Date(now).toISOString(), content: paragraphs.join(""), url };
}

const link = /https?:\/\/[\w\-.~:/?#@!$&'()*+,;=%[\]]*[\w\-~/#@$&*+=%]/g;
const mark = new RegExp(`${link.source}|(?<![\\p{L}\\p{N}_/#&])#[\\p{L}\\p{N}_]*[\\p{L}_][\\p{L}\\p{N}_]*`, "gu");

const linked = (text: string): string =>
  escapeHtml(text).replace(link, (url) => {
    const [, start = "", rest = ""] = /^(https?:\/\/)(.*)$/.exec(url) ?? [];
    return `<a href="${url}" rel="nofollow noopener"><span class="invisible">${start}</span><span>${rest}</span></a>`;
  });

const marksIn = (text: string): Mark[] =>
  [...text.matchAll(mark)].map(({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
    url: found.startsWith("#") ? null : found,
  }));
