import { createHmac } from "node:crypto";
import { openIdSeal } from "@chorus/core/id";
import { ensureCarrier } from "@chorus/db/carriers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, haveLaunched, makeCampaign, openId } from "./test-campaign.ts";

const publicUrl = "https://chorus.example.com";
const account = "AC00000000000000000000000000000001";
const secret = "the account's auth token";

let api: TestApi;
let carrier: string;
let contact: string;
let message: string;

beforeAll(async () => {
  api = await openTestApi({
    ...{ PUBLIC_URL: publicUrl, TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: secret, TWILIO_FROM: "+14155550100" },
    TWILIO_BASE_URL: "http://127.0.0.1:9",
  });
  carrier = await carrierOf(api.id, "sms", "twilio", account);
  const [id = ""] = await addContacts(api, 1, { addresses: { sms: "+447946010000" }, consents: { sms: "granted" } });
  contact = openId(api, "contact", id);
  const runId = await haveLaunched(api, await makeCampaign(api, { channels: ["sms"] }));
  const { rows } = await api.db.sql.query("select id from message where run_id = $1", [runId]);
  message = openIdSeal(api.installationKey).sealMessage({ runId, messageId: rows[0]?.id });
});
afterAll(() => api.close());

async function carrierOf(workspaceId: string, channel: string, provider: string, name: string): Promise<string> {
  const { id } = await ensureCarrier(api.db, { workspaceId, channel, provider, account: name });
  return openIdSeal(api.installationKey).seal("carrier", id);
}

/** Twilio's signature: HMAC-SHA1 of the URL followed by every parameter, sorted by name, name and value joined (twilio.com/docs/usage/security). */
const sign = (url: string, form: Record<string, string>, key = secret): string =>
  createHmac("sha1", key)
    .update(
      url +
        Object.keys(form)
          .sort()
          .map((name) => name + form[name])
          .join(""),
    )
    .digest("base64");

type Call = { form: Record<string, string>; query?: string; to?: string; signature?: string | null };

function call({ form, query = "", to = carrier, signature }: Call) {
  const path = `/webhooks/${to}${query}`;
  const signed = signature === undefined ? sign(`${publicUrl}${path}`, form) : signature;
  return api.ask("POST", path, {
    as: "nobody",
    body: new URLSearchParams(form).toString(),
    headers: {
      "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
      ...(signed === null ? {} : { "x-twilio-signature": signed }),
    },
  });
}

const status = (MessageStatus: string) => ({
  AccountSid: account,
  MessageSid: "SM1",
  MessageStatus,
  To: "+447946010000",
});
const inbound = (Body: string, MessageSid = `SM-${Body}`, From = "+447946010000") => ({
  AccountSid: account,
  MessageSid,
  From,
  Body,
});
const readMessage = async () => (await api.ask("GET", `/v1/messages/${message}`)).body;

describe("a status callback", () => {
  it("row 87: moves the delivery upward only, however often and in whatever order it comes", async () => {
    for (const each of ["sent", "delivered", "sent", "queued", "delivered"]) {
      const answer = await call({ form: status(each), query: `?m=${message}&a=1` });
      expect([each, answer.status, answer.text]).toEqual([each, 200, ""]);
    }
    const after = await readMessage();
    expect(after).toMatchObject({ delivery: "delivered", providerMessageId: "SM1" });
    expect(after.events.map((event: { kind: string }) => event.kind)).toEqual(["sent", "delivered", "queued"]);
  });

  it("row 88: about a message nobody knows is kept and answered with 200", async () => {
    const form = { ...status("sent"), MessageSid: "SM-unknown" };
    expect((await call({ form, query: `?m=msg_${"0".repeat(25)}` })).status).toBe(200);
    const { rows } = await api.db.sql.query("select kind, message_id from provider_event where key like 'SM-unknown%'");
    expect(rows).toEqual([{ kind: "sent", message_id: null }]);
  });
});

describe("a forged call", () => {
  const form = status("read");
  const query = () => `?m=${message}&a=1`;

  it.each<[string, () => Partial<Call>]>([
    ["without a signature", () => ({ signature: null })],
    [
      "signed with another secret",
      () => ({ signature: sign(`${publicUrl}/webhooks/${carrier}${query()}`, form, "guess") }),
    ],
    [
      "row 86: signed for another address",
      () => ({ signature: sign(`${api.url}/webhooks/${carrier}${query()}`, form) }),
    ],
    [
      "with something added after signing",
      () => ({
        form: { ...form, ErrorCode: "1" },
        signature: sign(`${publicUrl}/webhooks/${carrier}${query()}`, form),
      }),
    ],
    ["with a message named after signing", () => ({ signature: sign(`${publicUrl}/webhooks/${carrier}`, form) })],
    ["row 89: of another account", () => ({ form: { ...form, AccountSid: "AC00000000000000000000000000000002" } })],
  ])("%s is refused with 403 and changes nothing", async (_how, of) => {
    const before = await readMessage();
    const answer = await call({ form, query: query(), ...of() });
    expect([answer.status, answer.body.errors[0].code]).toEqual([403, "signature.invalid"]);
    expect(answer.body.detail).toContain(publicUrl);
    expect(await readMessage()).toEqual(before);
  });

  it("for a carrier that is not there, or that reports nothing, is a 404", async () => {
    const email = await carrierOf(api.id, "email", "smtp", "127.0.0.1:25");
    for (const to of [`car_${"0".repeat(26)}`, "nothing", email]) expect((await call({ form, to })).status).toBe(404);
  });

  it("through another workspace's carrier cannot touch a message", async () => {
    const other = await api.openWorkspace();
    const theirs = await carrierOf(other.id, "sms", "twilio", account);
    const before = await readMessage();
    expect((await call({ form: { ...form, MessageSid: "SM2" }, query: query(), to: theirs })).status).toBe(200);
    expect((await readMessage()).delivery).toBe(before.delivery);
  });
});

describe("what a person writes back", () => {
  beforeEach(async () => {
    await api.db.sql.query("delete from suppression");
    await api.db.sql.query("update consent set state = 'granted' where contact_id = $1", [contact]);
  });
  const suppressed = async () =>
    (await api.db.sql.query("select reason, scope from suppression where workspace_id = $1", [api.id])).rows;
  const consent = async () =>
    (await api.db.sql.query("select state from consent where contact_id = $1", [contact])).rows[0]?.state;

  it.each(["STOP", "stop.", "STOP!!", "Stop please", "UNSUBSCRIBE", "退订", "TD", "arrêt"])(
    "row 63: %s stops marketing before the provider has its answer",
    async (text) => {
      const answer = await call({ form: inbound(text) });
      expect([answer.status, answer.text]).toEqual([200, ""]); // a body would reach the person as a reply
      expect(await suppressed()).toEqual([{ reason: "stop", scope: "marketing" }]);
      expect(await consent()).toBe("withdrawn");
    },
  );

  it.each(["nonstop fun", "I can't stop loving it", "thanks!"])("%s is a reply and no opt-out", async (text) => {
    expect((await call({ form: inbound(text) })).status).toBe(200);
    expect([await suppressed(), await consent()]).toEqual([[], "granted"]);
    const { rows } = await api.db.sql.query("select 1 from activity where contact_id = $1 and kind = 'reply'", [
      contact,
    ]);
    expect(rows.length).toBeGreaterThan(0);
  });

  it("suppresses a number that no contact has, so that a later import cannot bring it back", async () => {
    await call({ form: inbound("STOP", "SM-stranger", "+447946019999") });
    expect(await suppressed()).toEqual([{ reason: "stop", scope: "marketing" }]);
  });

  it("row 63: sent twice by the provider is one fact", async () => {
    const lines = () => api.db.sql.query("select 1 from consent_event where contact_id = $1", [contact]);
    await call({ form: inbound("STOP", "SM-twice") });
    const { rowCount } = await lines();
    await call({ form: inbound("STOP", "SM-twice") });
    expect((await lines()).rowCount).toBe(rowCount);
  });
});
