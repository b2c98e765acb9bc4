/** Trying an account: each way it can be wrong is told apart, in real conversations on this machine. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ConnectionTest } from "@chorus/core/connection";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { samples } from "../test/contract-samples.ts";
import { accounts, openSandboxProcess, type Sandbox } from "../test/sandbox-process.ts";
import { closing, openRelay, type Script, say, silence } from "../test/scripted-relay.ts";
import { faultOf } from "./connection-fault.ts";
import { channelById, channels } from "./registry.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandboxProcess();
});
afterAll(() => sandbox.close());
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

async function tryOut(channelId: string, settings: Record<string, string>, withinMs = 10_000): Promise<ConnectionTest> {
  const channel = channelById(channelId);
  const provider = channel?.providers[0];
  if (!channel || !provider) throw new Error(`no channel ${channelId}`);
  const carrier = channel.open({ provider, settings, callbackUrl: "" });
  try {
    return await carrier.test(AbortSignal.timeout(withinMs));
  } finally {
    await carrier.close?.();
  }
}
const inSandbox = (id: string, more: Record<string, string> = {}) =>
  tryOut(id, { ...samples[id]?.settings(sandbox), ...more });

async function relay(script?: Script, login = "") {
  const opened = await openRelay(script);
  undo.push(opened.close);
  return { ...opened, url: opened.url.replace("//", `//${login}`) };
}

/** A server that answers every request alike. */
async function answering(status: number, body: object, headers: Record<string, string> = {}): Promise<string> {
  const server: Server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  undo.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const nobodyThere = "127.0.0.1:1";

describe("an account that works", () => {
  it.each([
    ["email", "postman"],
    ["sms", "Chorus sandbox"],
    ["slack", "chorus in Chorus sandbox"],
    ["bluesky", "shop.test"],
    ["mastodon", "@shop@mastodon.test"],
  ])("on %s says who we are there, and nothing is sent", async (id, as) => {
    const more: Record<string, string> = id === "sms" ? { from: "+15005550006" } : {};
    expect(await inSandbox(id, more)).toMatchObject({ is: "works", as });
    expect(await (await fetch(new URL("/wire", sandbox.httpUrl))).text()).toBe("");
  });

  it("is greeted, asked for nothing and left again on e-mail", async () => {
    const { url, commands } = await relay();
    expect(await tryOut("email", { url })).toMatchObject({ is: "works" });
    await expect.poll(() => commands.map((line) => line.split(" ")[0])).toEqual(["EHLO", "RSET", "QUIT"]);
  });
});

describe("a mail relay", () => {
  const login = "ann:secret@";
  const offersLogin: Script = (moment) => (moment === "ehlo" ? say("250-relay\r\n250 AUTH PLAIN LOGIN") : undefined);

  it("that is not there, or has no such name, or says nothing, or hangs up", async () => {
    expect(await tryOut("email", { url: `smtp://${nobodyThere}` })).toMatchObject({ fault: "refused", setting: "url" });
    expect(await tryOut("email", { url: `smtp://${"x".repeat(64)}.invalid:25` })).toMatchObject({ fault: "dns" });
    const mute = await relay((moment) => (moment === "greet" ? silence : undefined));
    expect(await tryOut("email", { url: mute.url, connectTimeoutMs: "100" })).toMatchObject({ fault: "timeout" });
    expect(await tryOut("email", { url: mute.url }, 100)).toMatchObject({ fault: "timeout" });
    const rude = await relay((moment) => (moment === "greet" ? closing : undefined));
    expect(await tryOut("email", { url: rude.url })).toMatchObject({ fault: "unreachable" });
  });

  it("that refuses the password, or offers no way to give one", async () => {
    const strict = await relay(
      (moment, ...rest) => (moment === "auth" ? say("535 5.7.8 ann@example.com: bad") : offersLogin(moment, ...rest)),
      login,
    );
    const refused = await tryOut("email", { url: strict.url });
    expect(refused).toMatchObject({ is: "fails", fault: "auth" });
    expect(JSON.stringify(refused)).not.toMatch(/secret|ann/);
    const open = await relay((moment) => (moment === "auth" ? say("502 5.5.1 not here") : undefined), login);
    expect(await tryOut("email", { url: open.url })).toMatchObject({
      ...{ fault: "auth", detail: expect.stringContaining("does not let anybody sign in") },
    });
  });

  it("that offers no encryption where it is needed, or speaks none on a port for it", async () => {
    const { url } = await relay();
    expect(await tryOut("email", { url, requireTls: "true" })).toMatchObject({ fault: "tls" });
    expect(await tryOut("email", { url: url.replace("smtp:", "smtps:") })).toMatchObject({ fault: "tls" });
  });

  it("that speaks, and does not want us", async () => {
    const { url } = await relay((moment) => (moment === "rset" ? say("421 4.3.2 closing") : undefined));
    expect(await tryOut("email", { url })).toMatchObject({ fault: "protocol" });
  });

  it("whose certificate is not to be trusted is told as that", () => {
    const causes = ["DEPTH_ZERO_SELF_SIGNED_CERT", "CERT_HAS_EXPIRED", "ERR_TLS_CERT_ALTNAME_INVALID", "EPROTO"];
    expect(causes.map(faultOf)).toEqual(["tls", "tls", "tls", "tls"]);
  });
});

describe("a Twilio account", () => {
  it("whose SID or token is wrong, or whose sender is not its own", async () => {
    expect(await inSandbox("sms", { authToken: "guess" })).toMatchObject({ fault: "auth", setting: "authToken" });
    expect(await inSandbox("sms", { accountSid: `AC${"1".repeat(32)}` })).toMatchObject({ fault: "auth" });
    expect(await inSandbox("sms", { from: "+15005550009" })).toMatchObject({
      ...{ fault: "sender_not_owned", setting: "from" },
    });
  });

  it("whose sender is a name works, with a word on what was not looked at", async () => {
    expect(await inSandbox("sms", { from: "Meadow" })).toMatchObject({ is: "works", note: expect.any(String) });
  });

  it("that is suspended, asks us to wait, is no Twilio at all, or not there", async () => {
    const at = (baseUrl: string) => inSandbox("sms", { baseUrl });
    expect(await at(await answering(200, { status: "suspended" }))).toMatchObject({ fault: "account_inactive" });
    expect(await at(await answering(429, { code: 20429 }))).toMatchObject({ fault: "rate_limited" });
    expect(await at(await answering(500, {}))).toMatchObject({ fault: "protocol", setting: "baseUrl" });
    expect(await at(`http://${nobodyThere}`)).toMatchObject({ fault: "refused", setting: "baseUrl" });
  });
});

describe("a Slack account", () => {
  const scopes = { "x-oauth-scopes": "chat:write,channels:read" };

  it.each([
    ["invalid_auth", "auth"],
    ["token_revoked", "token_revoked"],
    ["account_inactive", "account_inactive"],
    ["something_else", "protocol"],
  ])("of which Slack says %s", async (error, fault) => {
    const baseUrl = `${await answering(200, { ok: false, error })}/api/`;
    expect(await inSandbox("slack", { baseUrl })).toMatchObject({ is: "fails", fault });
  });

  it("whose token is wrong, misses a scope, or whose server is not there", async () => {
    expect(await inSandbox("slack", { token: "xoxb-guess" })).toMatchObject({ fault: "auth", setting: "token" });
    const baseUrl = `${await answering(200, { ok: true, user: "chorus", team: "shop" }, scopes)}/api/`;
    const found = await inSandbox("slack", { baseUrl });
    expect(found).toMatchObject({ fault: "missing_scope", detail: expect.stringContaining("channels:history") });
    expect(await inSandbox("slack", { baseUrl: `http://${nobodyThere}/api/` })).toMatchObject({ fault: "refused" });
  });
});

describe("a Bluesky account", () => {
  const at = async (status: number, body: object) => inSandbox("bluesky", { baseUrl: await answering(status, body) });
  const session = { did: "did:plc:shop", handle: "shop.test", accessJwt: "a", refreshJwt: "r" };

  it("whose password is wrong, or is the account's own and asks for a code", async () => {
    expect(await inSandbox("bluesky", { appPassword: "guess" })).toMatchObject({
      ...{ fault: "auth", setting: "appPassword" },
    });
    const factor = await at(401, { error: "AuthFactorTokenRequired" });
    expect(factor).toMatchObject({ fault: "auth", detail: expect.stringContaining("app password") });
  });

  it("that may not post, asks us to wait, is no such server, or not there", async () => {
    expect(await at(401, { error: "AccountTakedown" })).toMatchObject({ fault: "account_inactive" });
    const asleep = await at(200, { ...session, active: false, status: "deactivated" });
    expect(asleep).toMatchObject({ fault: "account_inactive", detail: expect.stringContaining("deactivated") });
    expect(await at(429, { error: "RateLimitExceeded" })).toMatchObject({ fault: "rate_limited" });
    expect(await at(200, {})).toMatchObject({ fault: "protocol", setting: "baseUrl" });
    expect(await inSandbox("bluesky", { baseUrl: `http://${nobodyThere}` })).toMatchObject({ fault: "refused" });
  });
});

describe("a Mastodon account", () => {
  it("says how long a post its instance takes, and what was not looked at", async () => {
    const note = "This instance takes posts of 500 characters. Whether the token may post was not looked at.";
    expect(await inSandbox("mastodon")).toMatchObject({ is: "works", note });
    const own = { id: "1", acct: "shop", domain: "tiny.test", configuration: { statuses: { max_characters: 200 } } };
    expect(await inSandbox("mastodon", { baseUrl: await answering(200, own) })).toMatchObject({
      ...{ as: "@shop@tiny.test", note: expect.stringContaining("200 characters: a longer one is refused") },
    });
  });

  it("whose token is wrong or may see nothing, whose instance asks us to wait, is none, or not there", async () => {
    const at = async (status: number) => inSandbox("mastodon", { baseUrl: await answering(status, {}) });
    expect(await inSandbox("mastodon", { token: "guess" })).toMatchObject({ fault: "auth", setting: "token" });
    expect(await at(403)).toMatchObject({ fault: "missing_scope", setting: "token" });
    expect(await at(429)).toMatchObject({ fault: "rate_limited" });
    expect(await at(404)).toMatchObject({ fault: "protocol", setting: "baseUrl" });
    expect(await inSandbox("mastodon", { baseUrl: `http://${nobodyThere}` })).toMatchObject({ fault: "refused" });
  });
});

it("what is asked of whoever connects an account names each secret, and no other setting is one", () => {
  const secrets = channels.map(({ connects }) =>
    connects.flatMap(({ settings }) => settings.filter((each) => each.secret).map(({ name }) => name)),
  );
  expect(secrets).toEqual([["url", "bounceSecret"], ["authToken"], ["token"], ["appPassword"], ["token"]]);
  const account = { accountSid: accounts.twilioSid, authToken: "hush-hush", from: "+15005550006" };
  expect(channelById("sms")?.readAccount("twilio", account)).toMatchObject({
    value: { host: "api.twilio.com", name: accounts.twilioSid, shown: { ...account, authToken: "••••" } },
  });
  expect(channelById("email")?.readAccount("smtp", { url: "smtps://ann:hush@mail.example.com" })).toMatchObject({
    value: { name: "mail.example.com:465", shown: { url: "smtps://ann:••••@mail.example.com" } },
  });
  const slack = channelById("slack")?.readAccount("slack", { token: "xoxb-123-456-hush" });
  expect(slack).toMatchObject({ value: { name: "slack.com 123-456", shown: { token: "••••" } } });
  const open = { url: "smtp://mail.example.com", requireTls: "false" };
  expect(channelById("email")?.readAccount("smtp", open)).toMatchObject({
    problems: [{ path: "settings.requireTls" }],
  });
});
