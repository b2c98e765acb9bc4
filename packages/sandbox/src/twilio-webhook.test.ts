import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
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
import { twilioSignature } from "./twilio-webhook.ts";
import { readWireLog } from "./wire-log.ts";

type Heard = { url: string; headers: IncomingHttpHeaders; form: Record<string, string> };

/** A webhook endpoint that answers with the next of these statuses, the last one for ever. */
async function listen(...statuses: number[]): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request, answer) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      answer.writeHead(statuses[heard.length] ?? statuses.at(-1) ?? 204).end();
      heard.push({ url: `http://${request.headers.host}${request.url}`, headers: request.headers, form });
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(
    () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

const text = { To: "+14155550199", From: "+14155550100", Body: "Hello" };
const create = (sandbox: TestSandbox, fields: Record<string, string>) =>
  sandbox.post(messagesPath, new URLSearchParams(fields), twilioAuthorization);
const wait = <T>(list: readonly T[], length: number) => eventually(() => (list.length >= length ? list : null));

test("the signature is the one of the example in Twilio's documentation", () => {
  const form = {
    To: "+18005551212",
    Digits: "1234",
    CallSid: "CA1234567890ABCDE",
    From: "+12349013030",
    Caller: "+12349013030",
  };
  expect(twilioSignature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form)).toBe(
    "0/KCTR6DLpKmkAf8muzZqo1nDgQ=",
  );
});

test("a text is reported sent and delivered, each signed over the full address with its query", async () => {
  const sandbox = await testSandbox();
  const { url, heard } = await listen(204);
  const StatusCallback = `${url}/webhooks/car_1?m=${messageId(1)}&a=1&k=x%2By`;
  const { sid } = await jsonOf<{ sid: string }>(create(sandbox, { ...text, StatusCallback }));
  await wait(heard, 2);
  expect(heard.map((each) => each.form.MessageStatus)).toEqual(["sent", "delivered"]);
  for (const { url: called, headers, form } of heard) {
    expect(called).toBe(StatusCallback);
    expect(form).toMatchObject({
      MessageSid: sid,
      To: text.To,
      From: text.From,
      AccountSid: defaultAccounts.twilioAccountSid,
    });
    const signed = `${called}${Object.keys(form)
      .sort()
      .map((name) => name + form[name])
      .join("")}`;
    const expected = createHmac("sha1", defaultAccounts.twilioAuthToken).update(signed).digest("base64");
    expect(headers["x-twilio-signature"]).toBe(expected);
  }
  const callbacks = await eventually(async () => {
    const entries = (await readWireLog(sandbox.folder)).filter((entry) => entry.event === "callback");
    return entries.length === 2 ? entries : null;
  });
  expect(callbacks).toMatchObject([
    { messageId: messageId(1), attempt: 1, to: text.To, providerMessageId: sid, code: "sent → 204" },
    { code: "delivered → 204" },
  ]);
});

test("an undelivered text is reported with the carrier's code", async () => {
  const sandbox = await testSandbox();
  await sandbox.faults({ provider: "twilio", match: {}, fault: { is: "hard_bounce" } });
  const { url, heard } = await listen(200);
  await create(sandbox, { ...text, StatusCallback: url });
  await wait(heard, 2);
  expect(heard.at(-1)?.form).toMatchObject({ MessageStatus: "undelivered", ErrorCode: "30005" });
});

test("a callback that meets a server error is tried again", async () => {
  const sandbox = await testSandbox({ pace: { sentMs: 1, deliveredMs: 100_000 } });
  const { url, heard } = await listen(503, 204);
  await create(sandbox, { ...text, StatusCallback: url });
  await wait(heard, 2);
  expect(heard.map((each) => each.form.MessageStatus)).toEqual(["sent", "sent"]);
});

test("a STOP from a handset reaches the inbound address signed, and closes the number until START", async () => {
  const sandbox = await testSandbox();
  const { url, heard } = await listen(200);
  await sandbox.post("/control/twilio-inbound", { url: `${url}/inbound` });
  await sandbox.faults({ provider: "twilio", match: {}, fault: { is: "reply", text: "STOP", afterMs: 5 }, times: 1 });
  const StatusCallback = `${url}/status?m=${messageId(3)}&a=1`;
  expect((await create(sandbox, { ...text, StatusCallback })).status).toBe(201);
  const inbound = await eventually(() => heard.find((each) => each.form.SmsStatus === "received"));
  expect(inbound.form).toMatchObject({ From: text.To, To: text.From, Body: "STOP", NumMedia: "0" });
  const expected = twilioSignature(defaultAccounts.twilioAuthToken, `${url}/inbound`, inbound.form);
  expect(inbound.headers["x-twilio-signature"]).toBe(expected);
  expect(await jsonOf(create(sandbox, text))).toMatchObject({ code: 21610 });
  expect((await create(sandbox, { ...text, From: "+14155550111" })).status).toBe(201); // opted out of one number only
  await sandbox.post("/control/twilio-replies", { from: text.To, to: text.From, text: "start" });
  expect((await create(sandbox, text)).status).toBe(201);
  const entries = await readWireLog(sandbox.folder);
  expect(entries.find((entry) => entry.event === "inbound")).toMatchObject({ to: text.To, messageId: messageId(3) });
});
