/** Our Twilio client and the stand-in for Twilio, held against Twilio's own description of its API. */
import { sms } from "@chorus/channels/sms/channel";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { defaultAccounts } from "./accounts.ts";
import type { FaultRule } from "./faults.ts";
import { eventually, messageId, type TestSandbox, testSandbox, twilioAuthorization } from "./test-sandbox.ts";
import { type Judged, judgeAnswer, judgeRequest, openJudge } from "./test-twilio-openapi.ts";

const { twilioAccountSid: accountSid, twilioAuthToken: authToken } = defaultAccounts;
const messages = `/2010-04-01/Accounts/${accountSid}/Messages`;
const to = "+14155550199";
const from = "+14155550100";

let sandbox: TestSandbox;
let judge: Awaited<ReturnType<typeof openJudge>>;
beforeEach(async () => {
  sandbox = await testSandbox();
  judge = await openJudge(`${sandbox.httpUrl}/twilio`);
  onTestFinished(() => judge.close());
});
/** Every call of every test, whatever else it was about. */
afterEach(() => expect(judge.judged.flatMap(({ problems }) => problems)).toEqual([]));

function carrier(settings: Record<string, string> = {}) {
  const opened = sms.open({
    provider: "twilio",
    settings: { baseUrl: judge.url, accountSid, authToken, from, ...settings },
    callbackUrl: "https://chorus.example.com/webhooks/car_0000000000000000000000000c",
  });
  onTestFinished(() => opened.close?.());
  return opened;
}

let made = 0;
const send = (body: { to: string; text: string }, settings: Record<string, string> = {}) => {
  const signal = new AbortController().signal;
  return carrier(settings).send(body, { messageId: messageId(++made), attempt: 1, mayStillSend: () => true, signal });
};

const call = (path: string, fields?: Record<string, string>, authorization = twilioAuthorization) =>
  fetch(judge.url + path, {
    headers: authorization,
    ...(fields ? { method: "POST", body: new URLSearchParams(fields) } : {}),
  });

const only = (): Judged => {
  const [one, ...others] = judge.judged;
  if (!one || others.length > 0) throw new Error(`${judge.judged.length} calls instead of one`);
  return one;
};

describe("our client", () => {
  it.each([
    ["a number", from],
    ["a short code", "24567"],
    ["a sender name", "Hearth Home"],
    ["a messaging service", `MG${"0a".repeat(16)}`],
  ])("creates a message from %s as Twilio describes it", async (_sender, sender) => {
    const outcome = await send({ to, text: "茶巾 −20 % 🧺 Reply STOP to opt out" }, { from: sender });
    expect(outcome).toMatchObject({ is: "accepted" });
    const { call: asked, status } = only();
    expect([asked.method, asked.url.pathname, status]).toEqual(["POST", `${messages}.json`, 201]);
    const service = sender.startsWith("MG");
    expect([...new URLSearchParams(asked.body).keys()].sort()).toEqual(
      ["Body", service ? "MessagingServiceSid" : "From", "StatusCallback", "To", "ValidityPeriod"].sort(),
    );
  });

  it("looks a message up as Twilio describes it", async () => {
    const body = { to, text: "Where are you?" };
    const sentAround = new Date();
    await send(body);
    const found = await carrier().lookUp?.(body, { messageId: messageId(made), attempt: 1, sentAround });
    expect(found).toMatchObject({ is: "accepted" });
    expect(judge.judged.map((each) => [each.call.method, each.status])).toEqual([
      ["POST", 201],
      ["GET", 200],
    ]);
    expect(Object.fromEntries(judge.judged[1]?.call.url.searchParams ?? [])).toEqual({ To: to, PageSize: "50" });
  });
});

describe("the stand-in", () => {
  it("describes a message as Twilio does, from its creation to its delivery", async () => {
    await call(`${messages}.json`, { To: to, From: from, Body: "x".repeat(161) });
    const read = async () => (await (await call(`${messages}.json?To=${encodeURIComponent(to)}`)).json()) as Listing;
    const [sid] = (await read()).messages.map((each) => each.sid);
    await eventually(async () => {
      const message = (await (await call(`${messages}/${sid}.json`)).json()) as { status: string };
      return message.status === "delivered" ? message : null;
    });
  });

  it.each([30003, 30007])("describes a message that was not delivered, with error %s, as Twilio does", async (code) => {
    await sandbox.faults({ provider: "twilio", match: { to }, fault: { is: "undelivered", code } });
    const { sid } = (await (await call(`${messages}.json`, { To: to, From: from, Body: "x" })).json()) as {
      sid: string;
    };
    await eventually(async () => {
      const message = (await (await call(`${messages}/${sid}.json`)).json()) as { error_code: number | null };
      return message.error_code === code ? message : null;
    });
  });

  it("describes what a person wrote as Twilio does", async () => {
    await sandbox.post("/control/twilio-replies", { from: to, to: from, text: "STOP" });
    const { messages: listed } = (await (
      await call(`${messages}.json?From=${encodeURIComponent(to)}`)
    ).json()) as Listing;
    expect(listed).toMatchObject([{ direction: "inbound", status: "received" }]);
  });

  it("lists in pages, and by every filter that Twilio has", async () => {
    for (const Body of ["one", "two", "three"]) await call(`${messages}.json`, { To: to, From: from, Body });
    const at = new Date().toISOString();
    for (const query of [
      { PageSize: "2" },
      { PageSize: "1", Page: "1" },
      { To: to, From: from },
      { DateSent: at },
      { "DateSent>": at, "DateSent<": at },
    ])
      await call(`${messages}.json?${new URLSearchParams(query as Record<string, string>)}`);
    const first = (await (await call(`${messages}.json?PageSize=2`)).json()) as Listing;
    const second = (await (await call(first.next_page_uri ?? "")).json()) as Listing;
    expect([first.messages.length, second.messages.length, second.next_page_uri]).toEqual([2, 1, null]);
    expect(second.previous_page_uri).not.toBeNull();
  });

  it.each<[string, number, () => Promise<unknown>]>([
    ["a number that is none", 400, () => send({ to: "+999", text: "x" })],
    ["no words", 400, () => call(`${messages}.json`, { To: to, From: from })],
    ["too many words", 400, () => call(`${messages}.json`, { To: to, From: from, Body: "x".repeat(1601) })],
    ["no sender", 400, () => call(`${messages}.json`, { To: to, Body: "x" })],
    ["its own number", 400, () => call(`${messages}.json`, { To: from, From: from, Body: "x" })],
    ["a wrong token", 401, () => send({ to, text: "x" }, { authToken: "wrong" })],
    ["a message it has not", 404, () => call(`${messages}/SM${"0".repeat(32)}.json`)],
  ])("refuses %s in the form of Twilio's refusals", async (_what, status, ask) => {
    await ask();
    expect(only().status).toBe(status);
  });

  it.each<[number, Extract<FaultRule, { provider: "twilio" }>["fault"]]>([
    [429, { is: "rate_limited", retryAfterSeconds: 1 }],
    [500, { is: "server_error" }],
    [400, { is: "invalid_number" }],
  ])("told to answer %s, does so in the form of Twilio's refusals", async (status, fault) => {
    await sandbox.faults({ provider: "twilio", match: { to }, fault });
    await send({ to, text: "x" });
    expect(only().status).toBe(status);
  });
});

type Listing = {
  messages: { sid: string; direction: string; status: string }[];
  next_page_uri: string | null;
  previous_page_uri: string | null;
};

describe("the description", () => {
  const create = {
    method: "POST",
    url: new URL(`http://twilio${messages}.json`),
    type: "application/x-www-form-urlencoded",
  };

  it.each([
    ["a misspelt field", "To=%2B14155550199&From=%2B14155550100&Text=x"],
    ["no addressee", "From=%2B14155550100&Body=x"],
    ["a period that is no number", "To=%2B14155550199&ValidityPeriod=soon"],
    ["a service that is none", "To=%2B14155550199&MessagingServiceSid=MG1"],
    ["a callback that is no address", "To=%2B14155550199&StatusCallback=nowhere"],
    ["a field that comes twice", "To=%2B14155550199&Body=x&Body=y"],
  ])("finds %s in a request", (_what, body) => expect(judgeRequest({ ...create, body })).not.toEqual([]));

  it("finds a wrong path, a wrong status, a missing field and a wrong type in an answer", () => {
    const call = { ...create, body: "" };
    const answer = { status: 201, type: "application/json", body: "{}" };
    expect(judgeRequest({ ...call, url: new URL(`http://twilio${messages}`) })).toHaveLength(1);
    expect(judgeAnswer(call, { ...answer, status: 200 })).toHaveLength(1);
    expect(judgeAnswer(call, answer).length).toBeGreaterThan(15);
    expect(judgeAnswer(call, { ...answer, body: '{"sid": 1}' }).join()).toContain("/sid");
    expect(judgeAnswer(call, { ...answer, status: 400 }).length).toBeGreaterThan(3);
  });
});
