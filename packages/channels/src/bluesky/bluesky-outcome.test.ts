/** Every answer of an account's server means what the table says, to the carrier as the worker opens it, on a real socket. */
import { describe, expect, it, onTestFinished } from "vitest";
import { compileFor, filling, handOver, messageId, recipient } from "../../test/samples.ts";
import { type Reply, scriptedServer } from "../../test/scripted-server.ts";
import { bluesky } from "./channel.ts";

const session = { did: "did:plc:shop", handle: "shop.test", accessJwt: "a", refreshJwt: "r" };
const account = { is: "distrusted", whom: "account" };
const content = { is: "refused", reason: "content", about: "content" };
const hold = { is: "deferred", scope: "carrier" };
const doubt = { is: "unknown", askAfterMs: 5_000 };

const { body } = bluesky.compile({ text: "A secret word" }, compileFor())(
  filling(recipient({ address: "shop.test" })),
  { id: messageId(1), at: new Date(0) },
);

async function carrierTo(script: Readonly<Record<string, readonly Reply[]>>) {
  const { url } = await scriptedServer(script);
  const settings = { baseUrl: url, handle: "shop.test", appPassword: "hush" };
  const carrier = bluesky.open({ provider: "bluesky", settings, callbackUrl: "" });
  onTestFinished(() => carrier.close?.());
  return carrier;
}
const ok = { status: 200, body: session };
const toPost = async (reply: Reply) =>
  (await carrierTo({ createSession: [ok], refreshSession: [ok], createRecord: [reply] })).send(body, handOver());
const toSignIn = async (reply: Reply) => (await carrierTo({ createSession: [reply] })).send(body, handOver());

describe("the answer to a post", () => {
  it.each<[number, string, object]>([
    [400, "InvalidRequest", content],
    [400, "InvalidRecord", content],
    [413, "PayloadTooLarge", content],
    [400, "ExpiredToken", hold],
    [400, "InvalidToken", account],
    [401, "AuthMissing", account],
    [401, "AccountTakedown", account],
    [403, "AccountDeactivated", account],
    [403, "anything", account],
    [400, "RepoTakendown", account],
    [400, "InvalidSwap", { is: "deferred", scope: "message" }],
    [400, "ConcurrentWrites", { is: "deferred", scope: "message" }],
    [404, "XRPCNotSupported", hold],
    [500, "InternalServerError", doubt],
    [502, "UpstreamFailure", doubt],
    [503, "", doubt],
  ])("HTTP %i %s", async (status, error, meaning) => {
    const outcome = await toPost({ status, body: { error, message: "hush: A secret word" } });
    expect(outcome).toMatchObject({ ...meaning, detail: error ? `HTTP ${status}, ${error}` : `HTTP ${status}` });
  });

  it("200 with an address is an acceptance; without one, nobody knows", async () => {
    const uri = "at://did:plc:shop/app.bsky.feed.post/1";
    expect(await toPost({ status: 200, body: { uri, cid: "x" } })).toEqual({ is: "accepted", providerMessageId: uri });
    expect(await toPost({ status: 200, body: "<html>" })).toMatchObject(doubt);
  });

  it("429 waits until the limit's window ends, or as long as Retry-After says", async () => {
    const resetAt = String(Math.ceil(Date.now() / 1000) + 90);
    const reply = { status: 429, body: { error: "RateLimitExceeded" } };
    const outcome = await toPost({ ...reply, headers: { "ratelimit-reset": resetAt } });
    expect(outcome).toMatchObject({ ...hold, retryAfterMs: expect.any(Number) });
    if (outcome.is === "deferred") expect((outcome.retryAfterMs ?? 0) / 1000).toBeCloseTo(90, -1);
    expect(await toPost({ ...reply, headers: { "retry-after": "9" } })).toMatchObject({ ...hold, retryAfterMs: 9_000 });
  });
});

describe("the answer to signing in", () => {
  it.each<[number, string, object]>([
    [401, "AuthenticationRequired", account],
    [401, "AuthFactorTokenRequired", account],
    [400, "InvalidRequest", account],
    [401, "AccountTakedown", account],
    [429, "RateLimitExceeded", hold],
    [500, "InternalServerError", hold],
    [404, "", hold],
    [200, "", hold],
  ])("HTTP %i %s leaves nothing in doubt", async (status, error, meaning) => {
    const outcome = await toSignIn({ status, body: error ? { error } : {} });
    expect(outcome).toMatchObject({ ...meaning, detail: expect.stringMatching(/to signing in$/) });
  });
});

describe("asked whether a post is there", () => {
  const ask = async (reply: Reply) => {
    const carrier = await carrierTo({ getRecord: [reply] });
    return await carrier.lookUp?.(body, { messageId: messageId(1), attempt: 1, sentAround: new Date() });
  };
  const uri = "at://did:plc:shop/app.bsky.feed.post/1";
  it.each<[string, Reply, object]>([
    [
      "there",
      { status: 200, body: { uri, value: { text: "A secret word" } } },
      { is: "accepted", providerMessageId: uri },
    ],
    ["another's", { status: 200, body: { uri, value: { text: "Other words" } } }, { is: "cannot_tell" }],
    ["not there", { status: 400, body: { error: "RecordNotFound" } }, { is: "not_accepted" }],
    ["unknown", { status: 502, body: { error: "UpstreamFailure" } }, { is: "cannot_tell" }],
    ["no answer", { status: 200, body: "<html>" }, { is: "cannot_tell" }],
  ])("it is %s", async (_what, reply, answer) => {
    expect(await ask(reply)).toEqual(answer);
  });
});
