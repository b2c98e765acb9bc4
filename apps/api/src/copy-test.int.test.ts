/** A variant's copy to the workspace's own people: who gets it, how it looks, and that no book knows of it. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { channels } from "@chorus/channels/registry";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Json, openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, haveWritten, makeCampaign } from "./test-campaign.ts";
import { openTestRelay, type TestRelay } from "./test-relay.ts";

let api: TestApi;
let relay: TestRelay;
let variant: string;
let people: Json[];

beforeAll(async () => {
  api = await openTestApi({ PUBLIC_URL: "https://chorus.example.com" });
  relay = await openTestRelay();
  await addContacts(api, 2);
  const [written] = await haveWritten(api, await makeCampaign(api));
  variant = written.id;
  await api.ask("PUT", "/v1/accounts/email", { body: { provider: "smtp", settings: { url: relay.url } } });
  people = (await api.ask("GET", "/v1/people")).body.items;
});
afterAll(async () => {
  await api.close();
  await relay.close();
});
beforeEach(() => {
  relay.mails.length = 0;
});

const send = (body: Json, of: Json = {}) => api.ask("POST", `/v1/variants/${variant}/test-send`, { body, ...of });
const idOf = (role: string): string => people.find((each) => each.role === role).id;
const outcomes = (answer: Json) => answer.body.items.map((each: Json) => [each.name, each.outcome]);

describe("a test of a variant", () => {
  it("goes to whoever asks, says that it is one, and its links lead straight on", async () => {
    const answer = await send({ channel: "email" }, { as: "author" });
    expect(answer.body).toMatchObject({
      account: { provider: "smtp" },
      items: [{ name: "author", outcome: "accepted" }],
    });
    expect(relay.mails).toHaveLength(1);
    const [{ to, text } = { to: "", text: "" }] = relay.mails;
    expect(to).toBe("author@example.com");
    expect(text).toMatch(/^Subject: \[Test\] A quiet word about spring/m);
    expect(text).not.toContain("chorus.example.com/c/");
    expect(text).toContain("shop.example.com/spring");
  });

  it("goes to the named people, each once, over one account", async () => {
    const answer = await send({ channel: "email", people: [idOf("owner"), idOf("approver"), idOf("owner")] });
    expect(outcomes(answer)).toEqual([
      ["owner", "accepted"],
      ["approver", "accepted"],
    ]);
    expect(new Set(answer.body.items.map((each: Json) => each.messageId)).size).toBe(2);
    expect(relay.mails.map((mail) => mail.to)).toEqual(["owner@example.com", "approver@example.com"]);
  });

  it("is in no ledger, no run and no report, only in the audit", async () => {
    const count = async (table: string) => (await api.db.sql.query(`select 1 from ${table}`)).rows.length;
    const { messageId } = (await send({ channel: "email" })).body.items[0];
    expect(await Promise.all(["message", "due", "run", "run_account"].map(count))).toEqual([0, 0, 0, 0]);
    expect((await api.ask("GET", `/v1/messages/${messageId}`)).status).toBe(404);
    const { rows } = await api.db.sql.query(
      "select detail from audit where action = 'variant.test_send' order by id desc",
    );
    expect(rows[0].detail).toEqual({ channel: "email", people: [api.people.owner] });
  });

  it("goes to nobody who does not work here, to no crowd, and not for those who only look", async () => {
    const other = await api.openWorkspace();
    const theirs = (await api.ask("GET", "/v1/people", { key: other.keys.owner })).body.items[0].id;
    expect((await send({ channel: "email", people: [theirs] })).body.errors[0].code).toBe("person.unknown");
    expect((await send({ channel: "email", people: ["ada@example.com"] })).body.errors[0].code).toBe("person.unknown");
    expect((await send({ channel: "email", people: Array(6).fill(idOf("owner")) })).status).toBe(400);
    expect((await send({ channel: "email" }, { as: "operator" })).status).toBe(403);
    expect((await send({ channel: "email" }, { key: other.keys.owner })).status).toBe(404);
    expect((await send({ channel: "slack" })).body.errors[0].code).toBe("content.missing");
    expect(relay.mails).toEqual([]);
  });

  it("is not sent where anybody would read it", async () => {
    const open = channels.filter(({ traits }) => traits.permission.needsApproval);
    expect(open.length).toBeGreaterThan(0);
    for (const { id } of open)
      expect((await send({ channel: id })).body.errors[0]).toMatchObject({ path: "channel", code: "approval.needed" });
  });

  it("is not sent to a suppressed address, and what a server does not take is told", async () => {
    const body = { channel: "email", address: "approver@example.com", reason: "manual" };
    expect((await api.ask("POST", "/v1/suppressions", { body })).status).toBeLessThan(300);
    const answer = await send({ channel: "email", people: [idOf("approver"), idOf("author")] });
    expect(outcomes(answer).sort()).toEqual([
      ["approver", "suppressed"],
      ["author", "accepted"],
    ]);
    const away = { provider: "smtp", settings: { url: "smtp://127.0.0.1:1" } };
    await api.ask("PUT", "/v1/accounts/email", { body: away });
    const failed = await send({ channel: "email" });
    expect(failed.body.items[0]).toMatchObject({ outcome: "deferred", detail: "ECONNREFUSED while connecting" });
  });
});

describe("on a channel other than e-mail", () => {
  it("a test goes to the address that the workspace gave for the person, and to nobody without one", async () => {
    const texts: URLSearchParams[] = [];
    const { url, close } = await openTexts(texts);
    const settings = { baseUrl: url, accountSid: `AC${"1".repeat(32)}`, authToken: "t", from: "+15005550006" };
    expect((await send({ channel: "sms" })).body.errors[0].code).toBe("account.none");
    await api.ask("PUT", "/v1/accounts/sms", { body: { provider: "twilio", settings } });
    expect(outcomes(await send({ channel: "sms" }))).toEqual([["owner", "no_address"]]);
    const path = `/v1/people/${idOf("owner")}/addresses/sms`;
    expect((await api.ask("PUT", path, { body: { address: "nobody" } })).status).toBe(400);
    expect((await api.ask("PUT", path, { as: "author", body: { address: "+447946010000" } })).status).toBe(403);
    const given = await api.ask("PUT", path, { body: { address: "+44 7946 010000" } });
    expect(given.body.addresses).toEqual({ sms: "+447946010000" });
    expect(outcomes(await send({ channel: "sms" }))).toEqual([["owner", "accepted"]]);
    expect([texts[0]?.get("To"), texts[0]?.get("StatusCallback")]).toEqual(["+447946010000", null]);
    expect(texts[0]?.get("Body")).toContain("[Test] Spring has come");
    expect((await api.ask("DELETE", path)).body.addresses).toEqual({});
    await close();
  });

  it("e-mail needs no address, and another workspace's people cannot be given one", async () => {
    const email = await api.ask("PUT", `/v1/people/${idOf("owner")}/addresses/email`, {
      body: { address: "a@b.example" },
    });
    expect(email.body.errors[0].code).toBe("person.own_email");
    const other = await api.openWorkspace();
    const theirs = (await api.ask("GET", "/v1/people", { key: other.keys.owner })).body.items[0].id;
    const answer = await api.ask("PUT", `/v1/people/${theirs}/addresses/sms`, { body: { address: "+447946010000" } });
    expect(answer.status).toBe(404);
  });
});

/** Answers every text as Twilio does when it takes one. */
async function openTexts(texts: URLSearchParams[]): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    texts.push(new URLSearchParams(body));
    response
      .writeHead(201, { "content-type": "application/json" })
      .end(JSON.stringify({ sid: "SM1", status: "queued" }));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, close };
}
