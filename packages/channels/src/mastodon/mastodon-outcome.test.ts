/** Every answer of an instance means what the table says, to the carrier as the worker opens it, on a real socket. */
import { describe, expect, it, onTestFinished } from "vitest";
import { handOver, messageId } from "../../test/samples.ts";
import { type Reply, scriptedServer } from "../../test/scripted-server.ts";
import { mastodon } from "./channel.ts";

const account = { is: "distrusted", whom: "account" };
const content = { is: "refused", reason: "content", about: "content" };
const hold = { is: "deferred", scope: "carrier" };
const doubt = { is: "unknown", askAfterMs: 5_000 };

const link = "https://links.example.com/c/abc-_1?x=1&y=2";
const body = { account: "@shop@tiny.test", status: `A secret word:\n\n${link}`, language: "en" };
const usual = {
  verify_credentials: [{ status: 200, body: { id: "7", acct: "shop" } }],
  "v2/instance": [{ status: 200, body: { domain: "tiny.test" } }],
};

async function carrierTo(script: Readonly<Record<string, readonly Reply[]>>) {
  const { url } = await scriptedServer({ ...usual, ...script });
  const carrier = mastodon.open({ provider: "mastodon", settings: { baseUrl: url, token: "hush" }, callbackUrl: "" });
  onTestFinished(() => carrier.close?.());
  return carrier;
}
const sendTo = async (script: Readonly<Record<string, readonly Reply[]>>) =>
  (await carrierTo(script)).send(body, handOver());
const saying = (status: number): Reply => ({ status, body: { error: "hush: A secret word" } });

describe("the answer to a post", () => {
  it.each<[number, object]>([
    [422, content],
    [400, content],
    [413, content],
    [401, account],
    [403, account],
    [404, hold],
    [500, doubt],
    [502, doubt],
    [503, doubt],
  ])("HTTP %i", async (status, meaning) => {
    expect(await sendTo({ "v1/statuses": [saying(status)] })).toMatchObject({ ...meaning, detail: `HTTP ${status}` });
  });

  it("200 with an id is an acceptance; without one, nobody knows", async () => {
    const posted = { status: 200, body: { id: "42" } };
    expect(await sendTo({ "v1/statuses": [posted] })).toEqual({ is: "accepted", providerMessageId: "42" });
    expect(await sendTo({ "v1/statuses": [{ status: 200, body: "<html>" }] })).toMatchObject(doubt);
  });

  it("429 waits until the limit's window ends, or as long as Retry-After says", async () => {
    const reset = new Date(Date.now() + 90_000).toISOString();
    const outcome = await sendTo({ "v1/statuses": [{ ...saying(429), headers: { "x-ratelimit-reset": reset } }] });
    expect(outcome).toMatchObject({ ...hold, retryAfterMs: expect.any(Number) });
    if (outcome.is === "deferred") expect((outcome.retryAfterMs ?? 0) / 1000).toBeCloseTo(90, -1);
    const later = { "v1/statuses": [{ ...saying(429), headers: { "retry-after": "9" } }] };
    expect(await sendTo(later)).toMatchObject({ ...hold, retryAfterMs: 9_000 });
  });
});

describe("what is asked before a post", () => {
  it.each<[string, number, object]>([
    ["verify_credentials", 401, account],
    ["verify_credentials", 403, account],
    ["verify_credentials", 429, hold],
    ["verify_credentials", 500, hold],
    ["verify_credentials", 404, hold],
    ["v2/instance", 500, hold],
    ["v2/instance", 429, hold],
  ])("%s with HTTP %i leaves nothing in doubt", async (call, status, meaning) => {
    const outcome = await sendTo({ [call]: [saying(status)] });
    expect(outcome).toMatchObject({ ...meaning, detail: `HTTP ${status} before anything was sent` });
  });
});

describe("asked whether a post is there", () => {
  const at = new Date("2026-11-28T09:00:00Z");
  const near = "2026-11-28T09:01:00Z";
  const shown = `<p>A secret word:</p><p><a href="${link.replace("&", "&amp;")}"><span class="invisible">https://</span><span class="ellipsis">links.example.com/c/abc</span><span class="invisible">-_1?x=1&amp;y=2</span></a></p>`;
  const ask = async (posts: unknown, of = body) => {
    const carrier = await carrierTo({
      "accounts/7/statuses": [
        { status: 200, body: posts },
        { status: 200, body: [] },
      ],
    });
    return await carrier.lookUp?.(of, { messageId: messageId(1), attempt: 1, sentAround: at });
  };
  const other = { id: "1", created_at: near, content: "<p>Other words</p>" };

  it.each<[string, unknown, object]>([
    [
      "there, by its link",
      [other, { id: "42", created_at: near, content: shown }],
      { is: "accepted", providerMessageId: "42" },
    ],
    ["not there", [other], { is: "not_accepted" }],
    ["of another day", [{ id: "42", created_at: "2026-11-27T09:00:00Z", content: shown }], { is: "not_accepted" }],
    ["no answer", "<html>", { is: "cannot_tell" }],
  ])("it is %s", async (_what, posts, answer) => {
    expect(await ask(posts)).toEqual(answer);
  });

  it("one without a link is known by its words, however they are laid out", async () => {
    const plain = { ...body, status: "Rock & roll,\nall day" };
    const posted = { id: "42", created_at: near, content: "<p>Rock &amp; roll,<br />all day</p>" };
    expect(await ask([other, posted], plain)).toEqual({ is: "accepted", providerMessageId: "42" });
    expect(await ask([other], plain)).toEqual({ is: "not_accepted" });
  });

  it("nobody can tell while the instance does not say who we are", async () => {
    const carrier = await carrierTo({ verify_credentials: [saying(503)] });
    const asked = { messageId: messageId(1), attempt: 1, sentAround: at };
    expect(await carrier.lookUp?.(body, asked)).toEqual({ is: "cannot_tell" });
  });
});
