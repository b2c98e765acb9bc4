/** Provider accounts over HTTP: given, shown without secrets, tried out on a real server, rotated and taken away. */
import { createHmac } from "node:crypto";
import { openDb } from "@chorus/db/open";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Json, openTestApi, type TestApi, type TestWorkspace } from "./test-api.ts";
import { openTestRelay } from "./test-relay.ts";

const publicUrl = "https://chorus.example.com";
const sid = `AC${"a".repeat(32)}`;
const secret = "hush-hush-token";

let api: TestApi;
let live: TestWorkspace;
beforeAll(async () => {
  api = await openTestApi({ PUBLIC_URL: publicUrl, SMTP_URL: "smtp://ann:environment-secret@127.0.0.1:2599" });
  live = await api.openWorkspace("live");
});
afterAll(() => api.close());

const twilio = (authToken = secret) => ({
  provider: "twilio",
  settings: { baseUrl: "http://127.0.0.1:9/twilio", accountSid: sid, authToken, from: "+15005550006" },
});
const put = (channel: string, body: Json, of: Json = {}) => api.ask("PUT", `/v1/accounts/${channel}`, { body, ...of });
const accountOf = async (channel: string, of: Json = {}): Promise<Json> =>
  (await api.ask("GET", "/v1/accounts", of)).body.items.find((each: Json) => each.channel === channel);

describe("an account", () => {
  it("is the environment's until the workspace gives its own, and again after it was removed", async () => {
    const before = await accountOf("email");
    expect(before).toMatchObject({ account: { source: "environment", name: "127.0.0.1:2599", settings: null } });
    const own = { provider: "smtp", settings: { url: "smtp://bob:own-secret@127.0.0.1:2600", concurrency: 3 } };
    expect((await put("email", own)).body).toMatchObject({
      account: { source: "workspace", name: "127.0.0.1:2600", settings: { concurrency: "3" } },
      unusableBecause: null,
    });
    expect((await api.ask("DELETE", "/v1/accounts/email")).body).toMatchObject({ account: { source: "environment" } });
    expect((await api.ask("DELETE", "/v1/accounts/email")).status).toBe(404);
    const { items } = (await api.ask("GET", "/v1/channels")).body;
    expect(items.map((each: Json) => each.carrier)).toEqual(items.map(() => null));
    expect(await accountOf("slack")).toMatchObject({
      ...{ account: null, unusableBecause: expect.stringContaining("PUT /v1/accounts/slack") },
    });
  });

  it("says what it may be given in a second, over all workers", async () => {
    const limited = { provider: "smtp", settings: { url: "smtp://127.0.0.1:2600", perSecond: 12.5 } };
    expect((await put("email", limited)).body.account.rates).toEqual([{ of: "account", perSecond: 12.5 }]);
    await api.ask("DELETE", "/v1/accounts/email");
    expect((await accountOf("email")).account.rates).toEqual([]);
  });

  it("shows no secret in any answer, and holds none readable in the database", async () => {
    const answers = [await put("sms", twilio()), await api.ask("GET", "/v1/accounts", { as: "author" })];
    expect(answers.map((each) => each.status)).toEqual([200, 200]);
    for (const { text } of answers) expect(text).not.toMatch(/hush-hush|environment-secret/);
    expect((await accountOf("sms")).account.settings).toMatchObject({ authToken: "••••", accountSid: sid });
    const { rows } = await api.db.sql.query(
      `select c::text || coalesce(encode(c.sealed, 'escape'), '') as line from carrier c
       union all select a::text from audit a`,
    );
    expect(rows.map((row) => row.line).join("\n")).toContain("account.set");
    expect(rows.map((row) => row.line).join("\n")).not.toMatch(/hush-hush|own-secret/);
  });

  it("can be made a form of from what GET says about its providers", async () => {
    const { providers } = await accountOf("sms");
    expect(providers).toMatchObject([{ id: "twilio", setup: expect.stringContaining("console.twilio.com") }]);
    const token = providers[0].settings.find((each: Json) => each.name === "authToken");
    expect(token).toMatchObject({ secret: true, required: true, about: expect.stringContaining("auth token") });
  });

  it("is given by owners and operators only, and seen by everybody", async () => {
    for (const as of ["author", "approver"]) {
      expect((await put("sms", twilio(), { as })).status).toBe(403);
      expect((await api.ask("POST", "/v1/accounts/sms/test", { as: as as "author" })).status).toBe(403);
      expect(await accountOf("sms", { as })).toBeDefined();
    }
    expect((await put("sms", twilio(), { as: "operator" })).status).toBe(200);
  });

  it.each<[string, string, Json, string, string]>([
    ["of a provider there is not", "sms", { provider: "pigeon", settings: {} }, "provider", "provider.unknown"],
    ["without its token", "slack", { provider: "slack", settings: {} }, "settings.token", "setting.missing"],
    [
      "with a sender that is none",
      "sms",
      { ...twilio(), settings: { ...twilio().settings, from: "not a number at all" } },
      "settings.from",
      "setting.invalid",
    ],
    [
      "with a setting nobody knows",
      "slack",
      { provider: "slack", settings: { token: "hush-hush", tokn: "hush-hush" } },
      "settings.tokn",
      "setting.unknown",
    ],
    [
      "with the mask in the secret's place",
      "email",
      { provider: "smtp", settings: { url: "smtp://bob:••••@127.0.0.1:2600" } },
      "settings.url",
      "setting.masked",
    ],
    [
      "that gives its token in the open",
      "slack",
      { provider: "slack", settings: { token: "hush-hush", baseUrl: "http://slack.example.com/api/" } },
      "settings.baseUrl",
      "setting.invalid",
    ],
  ])("%s is refused, and the setting is named", async (_how, channel, body, path, code) => {
    const answer = await put(channel, body, { key: live.keys.owner });
    expect([answer.status, answer.body.errors]).toMatchObject([400, [{ path, code }]]);
    expect(answer.text).not.toContain("hush");
  });
});

describe("where an account may lead", () => {
  const far = { provider: "smtp", settings: { url: "smtps://ann:pass@mail.example.com" } };

  it("from a sandbox workspace is this machine only", async () => {
    const answer = await put("email", far);
    expect([answer.status, answer.body.errors[0].code]).toEqual([422, "account.elsewhere"]);
  });

  it("from a live workspace is anywhere, encrypted", async () => {
    expect((await put("email", far, { key: live.keys.owner })).status).toBe(200);
    const open = { provider: "smtp", settings: { url: "smtp://mail.example.com", requireTls: false } };
    const answer = await put("email", open, { key: live.keys.owner });
    expect([answer.status, answer.body.errors[0].path]).toEqual([400, "settings.requireTls"]);
  });

  it("is nowhere for another workspace: accounts are not shared", async () => {
    await put("sms", twilio());
    expect(await accountOf("sms", { key: live.keys.owner })).toMatchObject({ account: null });
  });
});

describe("testing the connection", () => {
  it("says what is wrong, or who we are, and is written down", async () => {
    const server = await openTestRelay();
    await put("email", { provider: "smtp", settings: { url: server.url } });
    const works = await api.ask("POST", "/v1/accounts/email/test");
    expect(works.body).toMatchObject({ works: true, fault: null, account: { source: "workspace" } });
    await server.close();
    const fails = await api.ask("POST", "/v1/accounts/email/test");
    expect(fails.body).toMatchObject({ works: false, fault: "refused", setting: "url", detail: expect.any(String) });
    const { rows } = await api.db.sql.query("select detail from audit where action = 'account.test' order by id");
    expect(rows.map(({ detail }) => detail.found)).toEqual(["works", "refused"]);
  });

  it("of a channel without an account is a conflict that says what to do", async () => {
    const answer = await api.ask("POST", "/v1/accounts/slack/test");
    expect([answer.status, answer.body.errors[0].code]).toEqual([409, "account.none"]);
    expect((await api.ask("POST", "/v1/accounts/fax/test")).status).toBe(404);
  });

  it("of an account sealed with another installation key says so, and never falls back to another account", async () => {
    await api.db.sql.query(
      "update carrier set sealed = set_byte(sealed, 40, 255 - get_byte(sealed, 40)) where account like '127.%'",
    );
    const answer = await api.ask("POST", "/v1/accounts/email/test");
    expect([answer.status, answer.body.errors[0].code]).toEqual([409, "account.unreadable"]);
    expect((await accountOf("email")).unusableBecause).toContain("CHORUS_KEY");
  });
});

describe("a callback", () => {
  const form = { AccountSid: sid, MessageSid: "SM1", MessageStatus: "sent" };

  async function call(carrierId: string, key: string): Promise<number> {
    const url = `${publicUrl}/webhooks/${carrierId}`;
    const words = url + Object.entries(form).sort().flat().join("");
    const answer = await api.ask("POST", `/webhooks/${carrierId}`, {
      as: "nobody",
      body: new URLSearchParams(form).toString(),
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": createHmac("sha1", key).update(words).digest("base64"),
      },
    });
    return answer.status;
  }

  it("is believed with the new secret at once, with the old one for a day, and with neither after removal", async () => {
    await put("sms", twilio("first"));
    const { carrierId } = (await put("sms", twilio("second"))).body.account;
    expect([await call(carrierId, "first"), await call(carrierId, "second")]).toEqual([200, 200]);
    expect(await call(carrierId, "guess")).toBe(403);
    await api.db.sql.query("update carrier set changed_at = changed_at - interval '25 hours' where account = $1", [
      sid,
    ]);
    expect([await call(carrierId, "first"), await call(carrierId, "second")]).toEqual([403, 200]);
    await api.ask("DELETE", "/v1/accounts/sms");
    expect(await call(carrierId, "second")).toBe(404);
  });
});

it("accounts that two people give at once leave one of them, whole", async () => {
  const tokens = ["one", "two", "three", "four", "five"];
  const answers = await Promise.all(tokens.map((token) => put("sms", twilio(token))));
  expect(answers.map((each) => each.status)).toEqual(tokens.map(() => 200));
  const db = await openDb({ url: api.db.url, channels: ["sms"], connections: 1 });
  const { rows } = await db.sql.query(
    "select count(*)::int as count, max(revision) as revision from carrier where account = $1",
    [sid],
  );
  await db.close();
  expect(rows[0]).toMatchObject({ count: 1 });
  expect((await accountOf("sms")).unusableBecause).toBeNull();
});
