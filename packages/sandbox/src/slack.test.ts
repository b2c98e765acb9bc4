import { expect, test } from "vitest";
import { jsonOf, messageId, slackAuthorization, type TestSandbox, testSandbox } from "./test-sandbox.ts";
import { readWireLog } from "./wire-log.ts";

type Posted = { ok: boolean; error?: string; ts: string; channel: string; response_metadata?: { messages?: string[] } };
type History = {
  messages: { ts: string; text: string; metadata?: unknown }[];
  has_more: boolean;
  response_metadata: { next_cursor: string };
};

const post = (sandbox: TestSandbox, body: Record<string, unknown>) =>
  jsonOf<Posted>(sandbox.post("/slack/api/chat.postMessage", body, slackAuthorization));
const postForm = (sandbox: TestSandbox, method: string, form: Record<string, string>) =>
  sandbox.post(`/slack/api/${method}`, new URLSearchParams(form), slackAuthorization);
const metadata = (n: number) => ({ event_type: "chorus_message", event_payload: { m: messageId(n), a: 1 } });

test("a post is taken as JSON and as a form, and each has a time stamp of its own", async () => {
  const sandbox = await testSandbox();
  const blocks = [{ type: "section", text: { type: "mrkdwn", text: "*Hello*" } }];
  const first = await post(sandbox, { channel: "#shop-news", text: "Hello", blocks, metadata: metadata(1) });
  const form = {
    channel: first.channel,
    text: "Again",
    blocks: JSON.stringify(blocks),
    metadata: JSON.stringify(metadata(2)),
  };
  const second = await jsonOf<Posted>(postForm(sandbox, "chat.postMessage", form));
  expect(first).toMatchObject({
    ok: true,
    channel: expect.stringMatching(/^C[A-Z0-9]{10}$/),
    ts: expect.stringMatching(/^\d{10}\.\d{6}$/),
  });
  expect(Number(second.ts)).toBeGreaterThan(Number(first.ts));
  expect(await readWireLog(sandbox.folder)).toMatchObject([
    { provider: "slack", channel: "slack", event: "accepted", messageId: messageId(1), attempt: 1, to: "#shop-news" },
    { event: "accepted", messageId: messageId(2), providerMessageId: `${first.channel}:${second.ts}` },
  ]);
});

test("another app's post, without metadata, is taken too", async () => {
  const sandbox = await testSandbox();
  expect(await post(sandbox, { channel: "general", text: "Deployed." })).toMatchObject({ ok: true });
  expect((await readWireLog(sandbox.folder))[0]).toMatchObject({ event: "accepted", messageId: null });
});

test.each([
  ["nobody's token", { channel: "general", text: "x" }, {}, "not_authed"],
  ["a wrong token", { channel: "general", text: "x" }, { authorization: "Bearer xoxb-wrong" }, "invalid_auth"],
  ["an unknown channel", { channel: "#nowhere", text: "x" }, slackAuthorization, "channel_not_found"],
  ["nothing to say", { channel: "general" }, slackAuthorization, "no_text"],
  [
    "a text over 40,000 characters",
    { channel: "general", text: "x".repeat(40_001) },
    slackAuthorization,
    "msg_too_long",
  ],
  [
    "blocks that are no list",
    { channel: "general", text: "x", blocks: "{" },
    slackAuthorization,
    "invalid_blocks_format",
  ],
])("%s is refused in Slack's words", async (_, body, headers, error) => {
  const sandbox = await testSandbox();
  expect(await jsonOf(sandbox.post("/slack/api/chat.postMessage", body, headers))).toMatchObject({ ok: false, error });
});

const section = (length: number) => ({ type: "section", text: { type: "mrkdwn", text: "x".repeat(length) } });
const header = (length: number) => ({ type: "header", text: { type: "plain_text", text: "x".repeat(length) } });
const button = (length: number) => ({
  type: "actions",
  elements: [{ type: "button", text: { type: "plain_text", text: "x".repeat(length) }, url: "https://example.com" }],
});

test.each([
  ["50 blocks", Array.from({ length: 50 }, () => section(10)), Array.from({ length: 51 }, () => section(10))],
  ["a section of 3,000", [section(3000)], [section(3001)]],
  ["a header of 150", [header(150)], [header(151)]],
  ["a button of 75", [button(75)], [button(76)]],
])("%s is the most Slack takes", async (_, within, over) => {
  const sandbox = await testSandbox();
  expect(await post(sandbox, { channel: "general", text: "x", blocks: within })).toMatchObject({ ok: true });
  const refused = await post(sandbox, { channel: "general", text: "x", blocks: over });
  expect(refused).toMatchObject({ ok: false, error: "invalid_blocks" });
  expect(refused.response_metadata?.messages?.[0]).toMatch(/^\[ERROR\] .*json-pointer:\/blocks/);
});

test("about 13,200 characters over all blocks is too long", async () => {
  const sandbox = await testSandbox();
  const blocks = Array.from({ length: 5 }, () => section(2900));
  expect(await post(sandbox, { channel: "general", text: "x", blocks })).toMatchObject({
    error: "msg_blocks_too_long",
  });
});

test("a channel the app was not added to takes nothing", async () => {
  const sandbox = await testSandbox();
  await sandbox.post("/control/slack-channels", { name: "leadership", isMember: false });
  expect(await post(sandbox, { channel: "leadership", text: "x" })).toMatchObject({ error: "not_in_channel" });
});

test("history shows a post with its metadata to who asks for it, within the asked times", async () => {
  const sandbox = await testSandbox();
  const posts: Posted[] = [];
  for (const n of [1, 2, 3])
    posts.push(await post(sandbox, { channel: "offers", text: `number ${n}`, metadata: metadata(n) }));
  const [first, , third] = posts;
  const history = (form: Record<string, string>) =>
    jsonOf<History>(postForm(sandbox, "conversations.history", { channel: first?.channel ?? "", ...form }));
  const all = await history({ include_all_metadata: "true" });
  expect(all.messages.map((each) => each.text)).toEqual(["number 3", "number 2", "number 1"]);
  expect(all.messages[2]?.metadata).toEqual(metadata(1));
  expect((await history({})).messages[0]).not.toHaveProperty("metadata");
  const between = { oldest: first?.ts ?? "", latest: third?.ts ?? "" };
  expect((await history(between)).messages.map((each) => each.text)).toEqual(["number 2"]);
  expect((await history({ ...between, inclusive: "true" })).messages).toHaveLength(3);
  const page = await history({ limit: "2" });
  expect(page.has_more).toBe(true);
  const rest = await history({ limit: "2", cursor: page.response_metadata.next_cursor });
  expect(rest.messages.map((each) => each.text)).toEqual(["number 1"]);
});

test("a deleted post is gone from the channel", async () => {
  const sandbox = await testSandbox();
  const { channel, ts } = await post(sandbox, { channel: "general", text: "Oops" });
  expect(await jsonOf(postForm(sandbox, "chat.delete", { channel, ts }))).toMatchObject({ ok: true, ts });
  expect(await jsonOf(postForm(sandbox, "chat.delete", { channel, ts }))).toMatchObject({ error: "message_not_found" });
  expect(await jsonOf(postForm(sandbox, "conversations.history", { channel }))).toMatchObject({ messages: [] });
});

test("the app learns who it is and which channels there are", async () => {
  const sandbox = await testSandbox({ accounts: { slackChannels: ["news"] } });
  expect(await jsonOf(postForm(sandbox, "auth.test", {}))).toMatchObject({ ok: true, team_id: expect.any(String) });
  expect(await jsonOf(postForm(sandbox, "conversations.list", {}))).toMatchObject({
    ok: true,
    channels: [{ name: "news", is_member: true, is_archived: false }],
  });
});

test("a 429 carries Retry-After, a 500 takes nothing, a hang-up takes it silently", async () => {
  const sandbox = await testSandbox();
  await sandbox.faults(
    { provider: "slack", match: { to: "#offers" }, fault: { is: "rate_limited", retryAfterSeconds: 7, times: 1 } },
    { provider: "slack", match: {}, fault: { is: "server_error", times: 1 } },
    { provider: "slack", match: {}, fault: { is: "accept_then_hang_up" } },
  );
  const body = { channel: "offers", text: "x", metadata: metadata(1) };
  const send = () => sandbox.post("/slack/api/chat.postMessage", body, slackAuthorization);
  const limited = await send();
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "7"]);
  expect((await send()).status).toBe(500);
  await expect(send()).rejects.toThrow();
  expect((await readWireLog(sandbox.folder)).map((entry) => entry.event)).toEqual([
    "rate_limited",
    "failed",
    "accepted",
  ]);
});
