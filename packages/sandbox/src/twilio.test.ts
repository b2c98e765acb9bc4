import { expect, test } from "vitest";
import { defaultAccounts } from "./accounts.ts";
import {
  eventually,
  jsonOf,
  messageId,
  messagesPath,
  type TestSandbox,
  testSandbox,
  twilioAuthorization,
} from "./test-sandbox.ts";
import type { TwilioRefusal } from "./twilio-errors.ts";
import type { listResource } from "./twilio-list.ts";
import type { messageResource } from "./twilio-messages.ts";
import { readWireLog } from "./wire-log.ts";

const sender = "+14155550100";
const text = { To: "+14155550199", From: sender, Body: "Hello" };

const create = (sandbox: TestSandbox, fields: Record<string, string>) =>
  sandbox.post(messagesPath, new URLSearchParams(fields), twilioAuthorization);

type Message = ReturnType<typeof messageResource>;
type List = ReturnType<typeof listResource>;
type Refusal = TwilioRefusal["body"];

test("a created message is queued", async () => {
  const sandbox = await testSandbox();
  const answer = await create(sandbox, text);
  expect(answer.status).toBe(201);
  const created = await jsonOf<Message>(answer);
  expect(created).toMatchObject({ status: "queued", direction: "outbound-api", num_segments: "1", error_code: null });
});

test("a message can be fetched, and is delivered a little later", async () => {
  const sandbox = await testSandbox();
  const { sid, uri } = await jsonOf<Message>(create(sandbox, { ...text, Body: "x".repeat(161) }));
  expect(uri).toContain(sid);
  const delivered = await eventually(async () => {
    const message = await jsonOf<Message>(sandbox.get(`/twilio${uri}`, twilioAuthorization));
    return message.status === "delivered" ? message : null;
  });
  expect(delivered).toMatchObject({ num_segments: "2", price: "-0.01580", price_unit: "USD" });
});

test("messages are listed by number and date, newest first, in pages", async () => {
  const sandbox = await testSandbox();
  for (const Body of ["one", "two", "three"]) await create(sandbox, { ...text, Body });
  await create(sandbox, { ...text, To: "+14155550155", Body: "other" });
  const list = (query: Record<string, string>) =>
    jsonOf<List>(sandbox.get(`${messagesPath}?${new URLSearchParams(query)}`, twilioAuthorization));
  const bodies = async (query: Record<string, string>) => (await list(query)).messages.map((each) => each.body);
  expect(await bodies({ To: text.To })).toEqual(["three", "two", "one"]);
  expect(await bodies({ To: "+14155550155", From: sender })).toEqual(["other"]);
  const aMinute = 60_000;
  expect(await bodies({ To: text.To, "DateSent>": new Date(Date.now() - aMinute).toISOString() })).toHaveLength(3);
  expect(await bodies({ To: text.To, "DateSent>": new Date(Date.now() + aMinute).toISOString() })).toEqual([]);
  expect(await bodies({ To: text.To, "DateSent<": "2020-01-01" })).toEqual([]);
  const page = await list({ To: text.To, PageSize: "2" });
  expect(page.messages).toHaveLength(2);
  const next = await jsonOf<List>(sandbox.get(`/twilio${page.next_page_uri}`, twilioAuthorization));
  expect(next.messages.map((each) => each.body)).toEqual(["one"]);
  expect(next.next_page_uri).toBeNull();
});

test.each([
  ["no recipient", { From: sender, Body: "x" }, 21604],
  ["an impossible recipient", { ...text, To: "+1415" }, 21211],
  ["a recipient without +", { ...text, To: "4155550199" }, 21211],
  ["no sender", { To: text.To, Body: "x" }, 21603],
  ["an impossible sender", { ...text, From: "+0" }, 21212],
  ["sender and recipient the same", { ...text, From: text.To }, 21266],
  ["no body", { To: text.To, From: sender }, 21602],
  ["a body over 1,600 characters", { ...text, Body: "x".repeat(1601) }, 21617],
])("%s is refused in Twilio's form", async (_, fields, code) => {
  const sandbox = await testSandbox();
  const answer = await create(sandbox, fields as Record<string, string>);
  expect(answer.status).toBe(400);
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  expect(await answer.json()).toEqual({ code, message: expect.any(String), more_info, status: 400 });
});

test("a wrong token is refused with 20003, another account and an unknown message with 20404", async () => {
  const sandbox = await testSandbox();
  const wrong = {
    authorization: `Basic ${Buffer.from(`${defaultAccounts.twilioAccountSid}:wrong`).toString("base64")}`,
  };
  const denied = await sandbox.post(messagesPath, new URLSearchParams(text), wrong);
  expect([denied.status, (await jsonOf<Refusal>(denied)).code]).toEqual([401, 20003]);
  const other = messagesPath.replace("AC5a", "AC00");
  expect((await sandbox.post(other, new URLSearchParams(text), twilioAuthorization)).status).toBe(404);
  const unknown = messagesPath.replace("Messages.json", `Messages/SM${"0".repeat(32)}.json`);
  expect(await jsonOf(sandbox.get(unknown, twilioAuthorization))).toMatchObject({ code: 20404 });
});

test("the log names our message and attempt from the callback address", async () => {
  const sandbox = await testSandbox();
  const StatusCallback = `${sandbox.httpUrl}/nowhere?m=${messageId(7)}&a=2&k=abc`;
  const { sid } = await jsonOf<Message>(create(sandbox, { ...text, StatusCallback }));
  const lines = await readWireLog(sandbox.folder);
  expect(lines[0]).toEqual({
    at: expect.any(String),
    provider: "twilio",
    channel: "sms",
    event: "accepted",
    messageId: messageId(7),
    attempt: 2,
    to: text.To,
    providerMessageId: sid,
  });
});

test("a 429 says how long to wait and then lets the message through", async () => {
  const sandbox = await testSandbox();
  await sandbox.faults({
    provider: "twilio",
    match: {},
    fault: { is: "rate_limited", retryAfterSeconds: 3, times: 1 },
  });
  const limited = await create(sandbox, text);
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "3"]);
  expect(await jsonOf(limited)).toMatchObject({ code: 20429 });
  expect((await create(sandbox, text)).status).toBe(201);
  expect((await readWireLog(sandbox.folder)).map((entry) => entry.event)).toEqual(["rate_limited", "accepted"]);
});

test("a server error takes nothing; accept-then-hang-up takes it and dies", async () => {
  const sandbox = await testSandbox();
  await sandbox.faults(
    { provider: "twilio", match: {}, fault: { is: "server_error", times: 1 } },
    { provider: "twilio", match: {}, fault: { is: "accept_then_hang_up" } },
  );
  expect((await create(sandbox, text)).status).toBe(500);
  await expect(create(sandbox, text)).rejects.toThrow();
  const listed = await jsonOf<List>(sandbox.get(`${messagesPath}?To=%2B14155550199`, twilioAuthorization));
  expect(listed.messages).toHaveLength(1);
  expect((await readWireLog(sandbox.folder)).map((entry) => entry.event)).toEqual(["failed", "accepted"]);
});

test("a number can be refused at once, or taken and reported undelivered", async () => {
  const sandbox = await testSandbox();
  await sandbox.faults(
    { provider: "twilio", match: { to: "+14155550101" }, fault: { is: "invalid_number" } },
    { provider: "twilio", match: { to: "+14155550102" }, fault: { is: "hard_bounce" } },
    { provider: "twilio", match: { to: "+14155550103" }, fault: { is: "undelivered", code: 30007 } },
  );
  expect(await jsonOf(create(sandbox, { ...text, To: "+14155550101" }))).toMatchObject({ code: 21211 });
  for (const [To, code] of [
    ["+14155550102", 30005],
    ["+14155550103", 30007],
  ] as const) {
    const { uri } = await jsonOf<Message>(create(sandbox, { ...text, To }));
    const message = await eventually(async () => {
      const now = await jsonOf<Message>(sandbox.get(`/twilio${uri}`, twilioAuthorization));
      return now.status === "undelivered" ? now : null;
    });
    expect(message.error_code).toBe(code);
  }
});
