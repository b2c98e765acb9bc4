/** What a report that the mail server posts does to the ledger. How reports are read: channels/src/email/bounce.test.ts. */
import { bounceToken, openReturnPath } from "@chorus/channels/email/return-path";
import { openIdSeal } from "@chorus/core/id";
import { messageStates } from "@chorus/core/message";
import { ensureCarrier } from "@chorus/db/carriers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, haveLaunched, makeCampaign } from "./test-campaign.ts";

const bounceSecret = "the secret of this account's bounces";
let api: TestApi;
let carrier: string;

beforeAll(async () => {
  const settings = { SMTP_BOUNCE_DOMAIN: "bounces.example.com", SMTP_BOUNCE_SECRET: bounceSecret };
  api = await openTestApi({ SMTP_URL: "smtp://127.0.0.1:9", ...settings });
  carrier = await carrierOf(api.id);
});
afterAll(() => api.close());

async function carrierOf(workspaceId: string): Promise<string> {
  const of = { workspaceId, channel: "email", provider: "smtp", account: "127.0.0.1:9" };
  return openIdSeal(api.installationKey).seal("carrier", (await ensureCarrier(api.db, of)).id);
}

const post = (body: string, to = carrier, token = bounceToken(bounceSecret, `${api.url}/webhooks/${to}`)) =>
  api.ask("POST", `/webhooks/${to}?k=${token}`, { as: "nobody", body, headers: { "content-type": "message/rfc822" } });

type Sent = { id: string; runId: string; messageId: string; address: string };

/** A message that a relay took, to the contact that came last: by default one of its own. */
async function haveSent(state: keyof typeof messageStates = "accepted", newContacts = 1): Promise<Sent> {
  if (newContacts > 0) await addContacts(api, newContacts);
  const runId = await haveLaunched(api, await makeCampaign(api, { channels: ["email"] }));
  const { rows } = await api.db.sql.query(
    `with newest as (select m.id, a.value from message m join address a using (contact_id, channel_no)
                      where m.run_id = $1 and m.state = 0 order by m.contact_id desc limit 1),
          gone as (delete from due where message_id = (select id from newest))
     update message m set state = $2, attempt = 1 from newest n where m.run_id = $1 and m.id = n.id
     returning m.id, n.value`,
    [runId, messageStates[state]],
  );
  const { id: messageId, value: address } = rows[0];
  return { id: openIdSeal(api.installationKey).sealMessage({ runId, messageId }), runId, messageId, address };
}

const report = (to: string, status: string, text = "Not delivered.") =>
  [
    "From: MAILER-DAEMON@mx.example.net",
    `To: ${to}`,
    "MIME-Version: 1.0",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
    "",
    `--b\r\n\r\n${text}`,
    "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n",
    `Final-Recipient: rfc822; whoever@elsewhere.example.com\r\nAction: failed\r\nStatus: ${status}\r\n`,
    "--b--\r\n",
  ].join("\r\n");
const complaint = (id: string) =>
  [
    "From: feedback@mailbox.example.com",
    "MIME-Version: 1.0",
    "Content-Type: multipart/report; report-type=feedback-report; boundary=b",
    "",
    "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n",
    `--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <${id}@example.com>\r\n`,
    "--b--\r\n",
  ].join("\r\n");

const returnPath = ({ id }: { id: string }) => openReturnPath(bounceSecret).write(id, "bounces.example.com");
const read = async ({ id }: Sent) => (await api.ask("GET", `/v1/messages/${id}`)).body;
const suppressed = async ({ address }: { address: string }) =>
  (await api.ask("GET", `/v1/suppressions?channel=email&address=${encodeURIComponent(address)}`)).body.items;
const unmatched = async (query = "") => (await api.ask("GET", `/v1/unmatched${query}`)).body;

describe("a bounce", () => {
  it("for good suppresses the address that the message went to, for every class, before the answer is given", async () => {
    const sent = await haveSent();
    const answer = await post(report(returnPath(sent), "5.1.1"));
    expect([answer.status, answer.text]).toEqual([200, ""]);
    expect(await suppressed(sent)).toMatchObject([{ reason: "hard_bounce", scope: "all", source: "bounce" }]);
    const message = await read(sent);
    expect(message).toMatchObject({ state: "accepted", delivery: "bounced" });
    expect(message.events).toMatchObject([{ kind: "bounced" }]);
    expect(await suppressed({ address: "whoever@elsewhere.example.com" }), "named by the report only").toEqual([]);
  });

  it("that may pass marks the message and keeps the address", async () => {
    const sent = await haveSent();
    await post(report(returnPath(sent), "5.2.2"));
    expect(await read(sent)).toMatchObject({ delivery: "bounced" });
    expect(await suppressed(sent)).toEqual([]);
  });

  it("that may pass, of a third message within 15 days, does so no longer", async () => {
    for (const [n, status] of ["5.2.2", "5.2.2", "5.2.2"].entries()) {
      const sent = await haveSent("accepted", n === 0 ? 1 : 0);
      for (let told = 0; told < 2; told++) await post(report(returnPath(sent), status));
      const expected = n < 2 ? [] : [{ reason: "unreachable", scope: "all", source: "bounce" }];
      expect(await suppressed(sent), `after ${n + 1}`).toMatchObject(expected);
    }
  });

  it("row 87: told twice, or again by another server, is one fact", async () => {
    const sent = await haveSent();
    for (const text of ["one", "one", "two"])
      expect((await post(report(returnPath(sent), "5.1.1", text))).status).toBe(200);
    expect((await read(sent)).events).toHaveLength(1);
    expect(await suppressed(sent)).toHaveLength(1);
  });

  it("settles a message in doubt: what was bounced had been taken", async () => {
    const sent = await haveSent("in_doubt");
    await post(report(returnPath(sent), "5.2.1"));
    expect(await read(sent)).toMatchObject({ state: "accepted", delivery: "bounced" });
  });
});

describe("a complaint", () => {
  it("suppresses marketing to the address and says nothing about the delivery", async () => {
    const sent = await haveSent();
    expect((await post(complaint(sent.id))).status).toBe(200);
    expect(await suppressed(sent)).toMatchObject([{ reason: "complaint", scope: "marketing", source: "feedback" }]);
    expect(await read(sent)).toMatchObject({ state: "accepted", delivery: null });
    const runId = await haveLaunched(api, await makeCampaign(api, { channels: ["email"] }));
    const { rows } = await api.db.sql.query(
      "select m.reason from message m join address a using (contact_id, channel_no) where m.run_id = $1 and a.value = $2",
      [runId, sent.address],
    );
    expect(rows).toEqual([{ reason: "suppressed" }]);
  });
});

describe("a report that is not to be believed, or not to be read", () => {
  it("row 86: without the account's token is refused with 403 and changes nothing", async () => {
    const sent = await haveSent();
    const other = await carrierOf((await api.openWorkspace()).id);
    const tokenOfOther = bounceToken(bounceSecret, `${api.url}/webhooks/${other}`);
    for (const token of ["", "0".repeat(32), bounceSecret, tokenOfOther]) {
      const answer = await post(report(returnPath(sent), "5.1.1"), carrier, encodeURIComponent(token));
      expect([answer.status, answer.body.errors[0].code]).toEqual([403, "signature.invalid"]);
    }
    expect(await suppressed(sent)).toEqual([]);
  });

  it("row 89: through another workspace's carrier touches no message of ours", async () => {
    const sent = await haveSent();
    const other = await carrierOf((await api.openWorkspace()).id);
    expect((await post(report(returnPath(sent), "5.1.1"), other)).status).toBe(200);
    expect((await post(complaint(sent.id), other)).status).toBe(200);
    expect(await suppressed(sent)).toEqual([]);
    expect(await read(sent)).toMatchObject({ delivery: null });
  });

  it("row 90: that names no message is kept with what it said, once, whatever bytes are in it", async () => {
    const broken = report("postmaster@example.com", "5.1.1", "caf\u00e9 \u0000 \u{1f600}");
    for (let i = 0; i < 2; i++) expect((await post(broken)).status).toBe(200);
    const kept = await unmatched();
    expect(kept).toMatchObject({ items: [{ channel: "email", detail: expect.stringContaining("5.1.1") }] });
    expect(kept.items[0].raw).toContain("whoever@elsewhere.example.com");
    for (let n = 0; n < 4; n++) await post(report("postmaster@example.com", "5.1.1", `another ${n}`));
    const first = await unmatched("?limit=3");
    const second = await unmatched(`?limit=3&cursor=${first.nextCursor}`);
    const raws = [...first.items, ...second.items].map((each: { raw: string }) => each.raw);
    expect([new Set(raws).size, second.nextCursor]).toEqual([5, null]);
    expect(raws.at(-1)).toBe(kept.items[0].raw);
  });

  it("row 90: above 1 MB is refused before it is read, and the server is told so", async () => {
    expect((await post(report("x@example.com", "5.1.1", "x".repeat(1_100_000)))).status).toBe(413);
  });

  it("row 91: as an out-of-office is answered with 200 and forgotten", async () => {
    const sent = await haveSent();
    const before = await unmatched();
    const away = `From: ${sent.address}\r\nTo: ${returnPath(sent)}\r\nAuto-Submitted: auto-replied\r\n\r\nAway. 5.1.1\r\n`;
    expect((await post(away)).status).toBe(200);
    expect(await read(sent)).toMatchObject({ delivery: null, events: [] });
    expect(await unmatched()).toEqual(before);
  });
});
