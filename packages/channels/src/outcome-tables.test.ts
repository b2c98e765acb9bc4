/**
 * D17: every code of Twilio's and Slack's outcome tables is classified as the table says. Each row is quoted, then each of
 * its answers is given by a server on a real socket, to the carrier as the worker opens it. SMTP's: email/smtp-outcome.test.ts.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Carrier, SendOutcome } from "@chorus/core/channel";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { afterEach, describe, expect, it } from "vitest";
import { handOver, messageId } from "../test/samples.ts";
import { slack } from "./slack/channel.ts";
import { sms } from "./sms/channel.ts";

const undo: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const failed = (reason: string, about = "address") => ({ is: "refused", reason, about });
const account = { is: "distrusted", whom: "account" };
const sender = { is: "distrusted", whom: "sender" };
const later = { is: "deferred", scope: "message" };
const hold = { is: "deferred", scope: "carrier" };
const minutes = 60_000;
const hours = 60 * minutes;

type Reply = { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> };

/** A provider that gives every call the same answer. */
async function providerThat({ status, body, headers = {} }: Reply): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().once("end", () => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      response.writeHead(status, { "content-type": "application/json", connection: "close", ...headers }).end(text);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  undo.push(() => new Promise((closed) => server.close(closed)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const twilio = { accountSid: `AC${"a1".repeat(16)}`, authToken: "token", from: "+14155550100" };

function twilioAt(baseUrl: string): Carrier {
  const carrier = sms.open({ provider: "twilio", settings: { ...twilio, baseUrl }, callbackUrl: "" });
  undo.push(() => carrier.close?.());
  return carrier;
}

/** The row, whether it can come with the answer and in a callback, its codes, and what they mean. */
const twilioTable: readonly [string, readonly number[], object][] = [
  ["21211/21614 invalid, fail + flag", [21211, 21217, 21614], failed("no_such_address")],
  ["21610 opted out, record suppression (source=provider), never retry", [21610], failed("opted_out")],
  ["21408 region off: about us, counted, no number pays for it", [21408], sender],
  ["30001 queue full, 30008 unknown: 1 retry", [30001, 30008], { ...later, attemptsAtMost: 2, retryAfterMs: minutes }],
  ["30003 unreachable: retry once after 1 h", [30003], { ...later, attemptsAtMost: 2, retryAfterMs: hours }],
  [
    "30004 blocked, 30005 unknown handset, 30006 landline: fail, suppress after 2",
    [30004, 30005, 30006],
    failed("dead_number"),
  ],
  ["30007 filtered: no retry, count per sender", [30007], failed("blocked", "content")],
  ["30022 10DLC rate: hold lane", [30022], hold],
  ["30023 daily cap: hold until midnight Pacific", [30023], hold],
  ["30034 unregistered: pause sender", [30034], account],
  ["63038 account daily cap: hold 24 h", [63038], { ...hold, retryAfterMs: 24 * hours }],
];

describe("D17: Twilio's answer", () => {
  const send = async (reply: Reply): Promise<SendOutcome> =>
    await twilioAt(await providerThat(reply)).send({ to: "+14155550123", text: "hello" }, handOver());
  const refusal = (status: number, code: number): Reply => ({
    status,
    body: { code, message: "to +14155550123", status, more_info: "" },
  });

  it.each(twilioTable)("%s", async (_row, codes, meaning) => {
    for (const code of codes) {
      const outcome = await send(refusal(400, code));
      expect(outcome, String(code)).toMatchObject({ ...meaning, detail: `HTTP 400, Twilio error ${code}` });
      expect(JSON.stringify(outcome)).not.toContain("+1415");
    }
  });

  it("201 accepted", async () => {
    const outcome = await send({ status: 201, body: { sid: "SM1", status: "queued" } });
    expect(outcome).toEqual({ is: "accepted", providerMessageId: "SM1" });
  });

  it("429/20429 account-wide, for as long as Retry-After says", async () => {
    const reply = { ...refusal(429, 20429), headers: { "retry-after": "9" } };
    expect(await send(reply)).toMatchObject({ ...hold, retryAfterMs: 9_000 });
    expect(await send(refusal(429, 63038))).toMatchObject({ ...hold, retryAfterMs: 24 * hours });
  });

  it.each<[number, number, object]>([
    [401, 20003, account],
    [401, 99999, account],
    [403, 20005, account],
    [404, 20404, account],
    [400, 21606, account],
    [400, 21703, account],
    [400, 21617, failed("content", "content")],
    [400, 99999, failed("content", "content")],
    [403, 99999, hold],
    [500, 20500, { is: "unknown", askAfterMs: 5_000 }],
    [503, 30022, { is: "unknown", askAfterMs: 5_000 }],
  ])("HTTP %i with %i means what it means for all", async (status, code, meaning) => {
    expect(await send(refusal(status, code))).toMatchObject(meaning);
  });
});

describe("D17: what Twilio reports in a callback", () => {
  it.each(twilioTable)("%s", async (_row, codes, meaning) => {
    const carrier = twilioAt("http://127.0.0.1:9");
    for (const code of codes) {
      const url = `https://chorus.example.com/webhooks/car_1?m=${messageId(5)}&a=2`;
      const form = {
        AccountSid: twilio.accountSid,
        MessageSid: "SM1",
        MessageStatus: "undelivered",
        ErrorCode: String(code),
      };
      const headers = { "x-twilio-signature": getExpectedTwilioSignature(twilio.authToken, url, form) };
      const events = await carrier.receive?.({
        method: "POST",
        url,
        headers,
        body: new URLSearchParams(form).toString(),
      });
      expect(events, String(code)).toMatchObject([
        { is: "delivery", delivery: "undelivered", attempt: 2, means: meaning },
      ]);
    }
  });
});

describe("D17: Slack", () => {
  const send = async (reply: Reply): Promise<SendOutcome> => {
    const baseUrl = await providerThat(reply);
    const carrier = slack.open({ provider: "slack", settings: { baseUrl, token: "xoxb-1-2-x" }, callbackUrl: "" });
    undo.push(() => carrier.close?.());
    return await carrier.send({ channel: "#shop-news", text: "hello", blocks: [] }, handOver());
  };
  const table: readonly [string, readonly string[], object][] = [
    [
      "channel_not_found, is_archived, not_in_channel, restricted_action: permanent",
      ["channel_not_found", "is_archived", "not_in_channel", "restricted_action"],
      failed("destination"),
    ],
    [
      "account_inactive, token_revoked, invalid_auth: pause the account",
      ["account_inactive", "token_revoked", "invalid_auth", "not_authed", "missing_scope"],
      account,
    ],
    [
      "fatal_error, internal_error, request_timeout: in doubt, and a word of tomorrow too",
      ["fatal_error", "internal_error", "request_timeout", "something_new"],
      { is: "unknown", askAfterMs: 5_000 },
    ],
    [
      "msg_too_long: fail variant",
      ["msg_too_long", "msg_blocks_too_long", "invalid_blocks"],
      failed("content", "content"),
    ],
    ["ratelimited: later", ["ratelimited"], hold],
  ];

  it.each(table)("%s", async (_row, errors, meaning) => {
    for (const error of errors)
      expect(await send({ status: 200, body: { ok: false, error } }), error).toMatchObject(meaning);
  });

  it("ok:true + ts accepted; without one, nobody knows", async () => {
    const posted = { ok: true, ts: "1.2", channel: "C1" };
    expect(await send({ status: 200, body: posted })).toEqual({ is: "accepted", providerMessageId: "C1:1.2" });
    expect(await send({ status: 200, body: { ok: true } })).toMatchObject({ is: "unknown" });
    expect(await send({ status: 200, body: "<html>" })).toMatchObject({ is: "unknown" });
  });

  it("429 obeys Retry-After; a breakdown is a doubt", async () => {
    const headers = { "retry-after": "30" };
    const body = { ok: false, error: "ratelimited" };
    expect(await send({ status: 429, body, headers })).toMatchObject({ ...hold, retryAfterMs: 30_000 });
    expect(await send({ status: 500, body: "" })).toMatchObject({ is: "unknown" });
  });
});
