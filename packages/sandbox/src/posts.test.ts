/** The stand-ins for public posts: each has its provider's limits and words, and what it took is on the page. */
import { expect, test } from "vitest";
import { postStandIns } from "./post-stand-ins.ts";
import { jsonOf, messageId, type TestSandbox, testSandbox } from "./test-sandbox.ts";

const account = Object.fromEntries(postStandIns.map(({ channel, environment }) => [channel, environment("")]));
const { BLUESKY_HANDLE: handle = "", BLUESKY_APP_PASSWORD: password = "" } = account.bluesky ?? {};
const { MASTODON_TOKEN: token = "" } = account.mastodon ?? {};

type Session = { did: string; accessJwt: string; refreshJwt: string };
const xrpc = (method: string): string => `/bluesky/xrpc/com.atproto.${method}`;
const signIn = async (sandbox: TestSandbox): Promise<Session> =>
  await jsonOf<Session>(sandbox.post(xrpc("server.createSession"), { identifier: handle, password }));

async function skeet(sandbox: TestSandbox, of: { session: Session; text: string; rkey?: string; facets?: unknown }) {
  const { session, text, rkey = "3jzfcijpj2z2a", facets } = of;
  const record = { $type: "app.bsky.feed.post", text, facets, createdAt: new Date().toISOString() };
  const body = { repo: session.did, collection: "app.bsky.feed.post", rkey, record };
  const headers = { authorization: `Bearer ${session.accessJwt}`, "x-request-id": messageId(1) };
  const answer = await sandbox.post(xrpc("repo.createRecord"), body, headers);
  return { status: answer.status, body: await jsonOf<Record<string, string>>(answer) };
}

async function toot(sandbox: TestSandbox, status: string, headers: Record<string, string> = {}) {
  const given = { authorization: `Bearer ${token}`, ...headers };
  const answer = await sandbox.post("/mastodon/api/v1/statuses", { status }, given);
  return { status: answer.status, body: await jsonOf<Record<string, string>>(answer) };
}
const inbox = async (sandbox: TestSandbox) =>
  (await jsonOf<{ messages: Record<string, unknown>[] }>(sandbox.get("/inbox.json"))).messages;

test("Bluesky's has the lexicon's limits and the reference server's words for what it refuses", async () => {
  const sandbox = await testSandbox();
  const session = await signIn(sandbox);
  const family = "👨‍👩‍👧‍👦";
  expect(await skeet(sandbox, { session, text: "x".repeat(301) })).toEqual({
    status: 400,
    body: {
      error: "InvalidRequest",
      message: "Invalid app.bsky.feed.post record: grapheme too big (maximum 300, got 301) at $.record.text",
    },
  });
  expect(await skeet(sandbox, { session, text: family.repeat(121) })).toMatchObject({ status: 400 });
  expect(await skeet(sandbox, { session, text: "x", rkey: "msg_1" })).toMatchObject({ status: 400 });
  expect(await skeet(sandbox, { session, text: family.repeat(120) })).toMatchObject({ status: 200 });
  expect(await skeet(sandbox, { session, text: family.repeat(120) })).toMatchObject({ status: 500 }); // the key is taken
  const stranger = { ...session, accessJwt: "guess" };
  expect(await skeet(sandbox, { session: stranger, text: "x" })).toMatchObject({ body: { error: "InvalidToken" } });
});

test("a session of Bluesky's is renewed once by its own token", async () => {
  const sandbox = await testSandbox();
  const { refreshJwt } = await signIn(sandbox);
  const renew = () => sandbox.post(xrpc("server.refreshSession"), {}, { authorization: `Bearer ${refreshJwt}` });
  expect((await renew()).status).toBe(200);
  expect((await renew()).status).toBe(400);
  expect((await sandbox.post(xrpc("server.createSession"), { identifier: handle, password: "guess" })).status).toBe(
    401,
  );
});

test("Mastodon's counts a link as 23, refuses over 500, and posts once under a key", async () => {
  const sandbox = await testSandbox();
  const link = `https://shop.example.com/${"a".repeat(100)}`;
  expect(await toot(sandbox, `${"x".repeat(477)} ${link}`)).toEqual({
    status: 422,
    body: { error: "Validation failed: Text character limit of 500 exceeded" },
  });
  const key = { "idempotency-key": messageId(1) };
  const first = await toot(sandbox, `${"x".repeat(476)} ${link}`, key);
  expect(first.status).toBe(200);
  expect((await toot(sandbox, "something else", key)).body.id).toBe(first.body.id);
  expect((await toot(sandbox, "x", { authorization: "Bearer guess" })).status).toBe(401);
  const accepted = (await inbox(sandbox)).filter(({ body }) => body !== null);
  expect(accepted).toMatchObject([{ channel: "mastodon", messageId: messageId(1), providerMessageId: first.body.id }]);
});

test("a post stands on the page as its account's, with its links, and nothing in it is the page's own", async () => {
  const sandbox = await testSandbox();
  const session = await signIn(sandbox);
  const text = "毛巾 <b>now</b>: our shop";
  const start = Buffer.byteLength("毛巾 <b>now</b>: ");
  const features = [{ $type: "app.bsky.richtext.facet#link", uri: "https://shop.example.com/" }];
  const facets = [{ index: { byteStart: start, byteEnd: start + 8 }, features }];
  await skeet(sandbox, { session, text, facets });
  await toot(sandbox, "Look: https://shop.example.com/ #Towels");
  const page = async (path: string) => (await sandbox.get(path)).text();
  const bluesky = await page("/?channel=bluesky");
  expect(bluesky).toContain('毛巾 &lt;b&gt;now&lt;/b&gt;: <a href="https://shop.example.com/"');
  expect(bluesky).toContain(">our shop</a>");
  const mastodon = await page("/?channel=mastodon");
  expect(mastodon).toContain('>https://shop.example.com/</a> <span class="tag">#Towels</span>');
  expect(mastodon).toContain("@shop@mastodon.test");
  expect(await inbox(sandbox)).toMatchObject([
    { channel: "bluesky", to: handle, body: { is: "post", text } },
    { channel: "mastodon", to: "@shop@mastodon.test", body: { is: "post" } },
  ]);
});
