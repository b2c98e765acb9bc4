/** An account's own server as Bluesky has them: signing in, posting and looking at a post, over XRPC, with its own words and limits. */
import { createHash } from "node:crypto";
import { countBytes, countGraphemes } from "@chorus/core/measure";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { html } from "./html.ts";
import type { Mark } from "./inbox.ts";
import { carriedByRequestId, isRecord } from "./message-id.ts";
import { type Call, earlyFault, type Post, refuse, take } from "./post-outcome.ts";
import type { PostStandIn } from "./post-stand-ins.ts";
import type { World } from "./world.ts";

const account = { did: "did:plc:chorussandbox2222222222", handle: "shop.test", appPassword: "sand-boxa-pppa-ssss" };
const collection = "app.bsky.feed.post";

export const blueskyStandIn: PostStandIn = {
  channel: "bluesky",
  name: "Bluesky",
  drawing: html`<path d="M12 10.5c-2-4-5-6.5-7-6.5-1.5 0-1.5 5 .5 7.5 1 1.2 2.5 1.5 3.5 1.5-2 .5-4 2-2.5 4.5 2 3 4.5.5 5.5-2.5 1 3 3.5 5.5 5.5 2.5 1.5-2.5-.5-4-2.5-4.5 1 0 2.5-.3 3.5-1.5 2-2.5 2-7.5.5-7.5-2 0-5 2.5-7 6.5z"/>`,
  ink: ["#0b63c4", "#7db8ff"],
  routes: blueskyRoutes,
  address: account.handle,
  environment: (url) => ({
    BLUESKY_BASE_URL: url,
    BLUESKY_HANDLE: account.handle,
    BLUESKY_APP_PASSWORD: account.appPassword,
  }),
};

type KeptRecord = { readonly uri: string; readonly cid: string; readonly value: unknown };

function blueskyRoutes(app: FastifyInstance, world: World): void {
  const records = new Map<string, KeptRecord>();
  const sessions = openTokens();
  app.post("/xrpc/com.atproto.server.createSession", async ({ body }, reply) => {
    const given = isRecord(body) ? body : {};
    const isKnown = given.identifier === account.handle || given.identifier === account.did;
    if (!isKnown || given.password !== account.appPassword)
      return failed(reply, { status: 401, error: "AuthenticationRequired", message: "Invalid identifier or password" });
    return sessionBody(sessions.open());
  });
  app.post("/xrpc/com.atproto.server.refreshSession", async (request, reply) => {
    const tokens = sessions.renew(bearer(request));
    return tokens ? sessionBody(tokens) : failed(reply, invalidToken);
  });
  app.get<{ Querystring: Record<string, string> }>("/xrpc/com.atproto.repo.getRecord", async ({ query }, reply) => {
    if (query.repo !== account.handle && query.repo !== account.did)
      return failed(reply, invalid(`Could not find repo: ${query.repo}`));
    const found = query.collection === collection ? records.get(query.rkey ?? "") : undefined;
    return found ?? failed(reply, { status: 400, error: "RecordNotFound", message: "Could not locate record" });
  });
  app.post("/xrpc/com.atproto.repo.createRecord", async (request, reply) => {
    if (bearer(request) === "")
      return failed(reply, { status: 401, error: "AuthMissing", message: "Authentication Required" });
    if (!sessions.knows(bearer(request))) return failed(reply, invalidToken);
    return createRecord({ world, request, reply }, records);
  });
}

type Failure = { readonly status: number; readonly error: string; readonly message: string };
const invalid = (message: string): Failure => ({ status: 400, error: "InvalidRequest", message });
const invalidToken: Failure = { status: 400, error: "InvalidToken", message: "Token could not be verified" };

const failed = (reply: FastifyReply, { status, ...body }: Failure) => reply.code(status).send(body);
const bearer = (request: FastifyRequest): string =>
  /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";

type Tokens = { readonly accessJwt: string; readonly refreshJwt: string };
const sessionBody = (tokens: Tokens) => ({ did: account.did, handle: account.handle, active: true, ...tokens });

/** A refresh token is good once. */
function openTokens() {
  const access = new Set<string>();
  const refresh = new Set<string>();
  let made = 0;
  const open = (): Tokens => {
    made += 1;
    const tokens = { accessJwt: `access-${made}`, refreshJwt: `refresh-${made}` };
    access.add(tokens.accessJwt);
    refresh.add(tokens.refreshJwt);
    return tokens;
  };
  return {
    open,
    knows: (token: string) => access.has(token),
    renew: (token: string): Tokens | null => (refresh.delete(token) ? open() : null),
  };
}

function createRecord(call: Call, records: Map<string, KeptRecord>): unknown {
  const { request, reply } = call;
  const body = isRecord(request.body) ? request.body : {};
  const record = isRecord(body.record) ? body.record : {};
  const text = typeof record.text === "string" ? record.text : "";
  const { messageId } = carriedByRequestId(request.headers["x-request-id"]);
  const post: Post = { channel: "bluesky", to: account.handle, messageId, text };
  const wrong = whatIsWrong(body, record) ?? (records.has(String(body.rkey)) ? alreadyThere : null);
  if (wrong) {
    refuse(call, post, wrong.error);
    return failed(reply, wrong);
  }
  const early = earlyFault(call, post);
  if (early?.is === "server_error")
    return failed(reply, { status: 500, error: "InternalServerError", message: "Internal Server Error" });
  if (early) {
    reply.header("ratelimit-reset", Math.ceil(Date.now() / 1000) + early.retryAfterSeconds);
    return failed(reply, { status: 429, error: "RateLimitExceeded", message: "Rate Limit Exceeded" });
  }
  const uri = `at://${account.did}/${collection}/${String(body.rkey)}`;
  const cid = `bafyrei${createHash("sha256").update(JSON.stringify(record)).digest("hex").slice(0, 52)}`;
  records.set(String(body.rkey), { uri, cid, value: record });
  return take(call, post, { providerMessageId: uri, marks: marksOf(text, record.facets), answer: { uri, cid } });
}

const tid = /^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/;
const limits = { graphemes: 300, bytes: 3000 };

/** What the lexicon asks of a post (app.bsky.feed.post), in the words of the reference server. */
function whatIsWrong(body: Record<string, unknown>, record: Record<string, unknown>): Failure | null {
  const ofPost = (what: string) => invalid(`Invalid ${collection} record: ${what}`);
  if (body.repo !== account.handle && body.repo !== account.did)
    return { status: 403, error: "AccountNotFound", message: "Account not found" };
  if (body.collection !== collection) return invalid("Lexicon not found");
  if (typeof body.rkey !== "string" || !tid.test(body.rkey)) return invalid("Invalid record key");
  const { text, createdAt } = record;
  if (typeof text !== "string") return ofPost('Missing required key "text" at $.record');
  if (countBytes(text) > limits.bytes)
    return ofPost(`string too big (maximum ${limits.bytes}, got ${countBytes(text)}) at $.record.text`);
  if (countGraphemes(text) > limits.graphemes)
    return ofPost(`grapheme too big (maximum ${limits.graphemes}, got ${countGraphemes(text)}) at $.record.text`);
  if (typeof createdAt !== "string" || Number.isNaN(Date.parse(createdAt)))
    return ofPost('Missing required key "createdAt" at $.record');
  return null;
}

const alreadyThere: Failure = { status: 500, error: "InternalServerError", message: "Internal Server Error" };

/** Facets count the bytes of the text's UTF-8, a page its UTF-16 units. */
function marksOf(text: string, facets: unknown): Mark[] {
  const bytes = Buffer.from(text);
  const units = (at: unknown) => bytes.subarray(0, Number(at)).toString("utf8").length;
  return (Array.isArray(facets) ? facets : []).filter(isRecord).flatMap(({ index, features }) => {
    if (!isRecord(index) || !Array.isArray(features)) return [];
    const uri = features.filter(isRecord).map((feature) => feature.uri)[0];
    return [{ start: units(index.byteStart), end: units(index.byteEnd), url: typeof uri === "string" ? uri : null }];
  });
}
