/**
 * The whole way there and back: a campaign leaves through a real Postfix, which takes a mail, cannot deliver it, writes
 * its report, and pipes it into the script of docs/operations/bounces.md. Then nobody writes to that address again.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openTestApi, type TestApi } from "@chorus/api/test-api";
import { addContacts, haveLaunched, makeCampaign } from "@chorus/api/test-campaign";
import { bounceToken } from "@chorus/channels/email/return-path";
import { channelById } from "@chorus/channels/registry";
import { openPostfix, type Postfix, whyNoPostfix } from "@chorus/channels/test-postfix";
import { openIdSeal } from "@chorus/core/id";
import { messageStates } from "@chorus/core/message";
import { ensureCarrier } from "@chorus/db/carriers";
import { migrateQueue } from "@chorus/queue/connect";
import { readConfig } from "@chorus/worker/config";
import { startWorker } from "@chorus/worker/worker";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { root } from "./settings.ts";

const without = whyNoPostfix();
const domain = "bounces.example.com";
const secret = "the secret of this installation's bounces";
const [gone, full, ann, bob] = ["gone@far.example.com", "full@far.example.com", "ann@example.com", "bob@example.com"];
/** From the provider's no to the suppression: Postfix's queue, one process for the pipe, one request. */
const heardWithinMs = 10_000;

let postfix: Postfix;
let api: TestApi;
let settings: Record<string, string>;
const undo: (() => Promise<unknown>)[] = [];

describe.skipIf(without !== null)(`mail that comes back${without ? ` (skipped: ${without})` : ""}`, () => {
  beforeAll(async () => {
    const farAnswers = { [gone]: "550 5.1.1 no such mailbox", [full]: "552 5.2.2 mailbox full" };
    postfix = await openPostfix({ pipes: domain, farAnswers });
    undo.push(() => postfix.close());
    settings = { SMTP_URL: postfix.url, SMTP_BOUNCE_DOMAIN: domain, SMTP_BOUNCE_SECRET: secret };
    api = await openTestApi(settings);
    undo.push(() => api.close());
    await migrateQueue(api.databaseUrl);
    await postfix.takeMailWith(await documentedScript());
    for (const email of [gone, full, ann, bob])
      await addContacts(api, 1, { addresses: { email }, consents: { email: "granted" } });
  });
  afterAll(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  it("suppresses an address that is not there for good, and the permit of a run under way skips it", async () => {
    const now = await makeCampaign(api, { name: "Now", channels: ["email"] });
    const next = await makeCampaign(api, { name: "Next", channels: ["email"] });
    const runs = { now: await haveLaunched(api, now), next: await haveLaunched(api, next) };
    expect((await api.ask("POST", `/v1/campaigns/${next.id}/pause`)).status).toBe(200);
    const worker = await startTestWorker();
    onTestFinished(() => worker.stop()); // it would launch what the tests below launch themselves

    await waitFor(runs.now, gone, { state: "accepted" });
    const since = performance.now();
    await expect.poll(() => suppressions(gone), { timeout: heardWithinMs, interval: 50 }).not.toEqual([]);
    expect(performance.now() - since).toBeLessThan(heardWithinMs);
    expect(await suppressions(gone)).toMatchObject([{ reason: "hard_bounce", scope: "all", source: "bounce" }]);
    await waitFor(runs.now, gone, { state: "accepted", delivery: "bounced" });
    await waitFor(runs.now, full, { state: "accepted", delivery: "bounced" });
    expect(await suppressions(full), "a full mailbox may empty").toEqual([]);
    for (const reader of [ann, bob]) await waitFor(runs.now, reader, { state: "accepted", delivery: null });

    expect((await api.ask("POST", `/v1/campaigns/${next.id}/resume`)).status).toBe(200);
    await waitFor(runs.next, gone, { state: "skipped", reason: "suppressed" });
    await waitFor(runs.next, ann, { state: "accepted" });
    expect((await postfix.log()).match(/ postfix\/smtp\[\d+\]: \w+: to=<gone@/g), "handed over").toHaveLength(1);
  });

  it("stops marketing to whoever complains, from the report a mailbox provider sends", async () => {
    const { rows } = await api.db.sql.query(
      "select m.run_id, m.id from message m join address a using (contact_id) where a.value = $1 order by m.id limit 1",
      [ann],
    );
    const seal = openIdSeal(api.installationKey);
    const messageId = seal.sealMessage({ runId: rows[0].run_id, messageId: rows[0].id });
    await sendMail(`feedback@${domain}`, abuseReport(messageId));
    await expect.poll(() => suppressions(ann), { timeout: heardWithinMs, interval: 50 }).not.toEqual([]);
    expect(await suppressions(ann)).toMatchObject([{ reason: "complaint", scope: "marketing", source: "feedback" }]);
  });

  it("leaves both out of the next campaign", async () => {
    const runId = await haveLaunched(api, await makeCampaign(api, { name: "Later", channels: ["email"] }));
    for (const reader of [gone, ann]) expect(await read(runId, reader)).toMatchObject({ reason: "suppressed" });
    for (const reader of [full, bob]) expect(await read(runId, reader)).toMatchObject({ reason: null });
  });

  it("keeps a report about nothing of ours for a person to read", async () => {
    await sendMail(`b.${"0".repeat(26)}.${"0".repeat(16)}@${domain}`, abuseReport(`msg_${"0".repeat(25)}`));
    const kept = async () =>
      (await api.db.sql.query("select message_id, detail from provider_event where kind = 'unmatched'")).rows;
    await expect
      .poll(kept, { timeout: heardWithinMs })
      .toMatchObject([{ message_id: null, detail: { raw: expect.stringContaining("Feedback-Type: abuse") } }]);
  });

  it("stays in the mail server's queue while the API refuses it", async () => {
    const wrong = (await documentedScript()).replace(/k=[0-9a-f]+/, `k=${"0".repeat(32)}`);
    await postfix.takeMailWith(wrong);
    await sendMail(`feedback@${domain}`, abuseReport("later"));
    await expect.poll(() => postfix.log(), { timeout: heardWithinMs }).toMatch(/relay=take-mail.*status=deferred/);
    await postfix.takeMailWith(await documentedScript());
    await expect
      .poll(async () => (await api.db.sql.query("select 1 from provider_event where kind = 'unmatched'")).rowCount, {
        timeout: 20_000,
      })
      .toBe(2);
  });
});

async function startTestWorker(): Promise<{ stop(): Promise<void> }> {
  const config = readConfig({
    ...settings,
    DATABASE_URL: api.databaseUrl,
    PUBLIC_URL: api.url,
    CHORUS_KEY: Buffer.from(api.installationKey).toString("base64"),
    LOG_LEVEL: "silent",
  });
  return await startWorker(config);
}

/** The script that operators are told to use, with this API's address in it. */
async function documentedScript(): Promise<string> {
  const account = new URL(postfix.url).host;
  const record = await ensureCarrier(api.db, { workspaceId: api.id, channel: "email", provider: "smtp", account });
  const { body } = await api.ask("GET", "/v1/channels");
  const id = body.items.find((each: { id: string }) => each.id === "email").carrier.id;
  expect(id).toBe(openIdSeal(api.installationKey).seal("carrier", record.id));
  const url = `${api.url}/webhooks/${id}`;
  const page = await readFile(join(root, "docs/operations/bounces.md"), "utf8");
  const script = /```sh\n([\s\S]*?)```/.exec(page)?.[1]?.replace(/^ {3}/gm, "") ?? "";
  return script.replace("https://chorus.example.com/webhooks/car_…?k=…", `${url}?k=${bounceToken(secret, url)}`);
}

const suppressions = async (address: string) =>
  (await api.ask("GET", `/v1/suppressions?channel=email&address=${encodeURIComponent(address)}`)).body.items;

async function read(runId: string, address: string) {
  const { rows } = await api.db.sql.query<{ state: number; reason: string | null; delivery: string | null }>(
    `select m.state, m.reason, m.delivery from message m join address a using (contact_id, channel_no)
      where m.run_id = $1 and a.value = $2`,
    [runId, address],
  );
  const state = Object.entries(messageStates).find(([, no]) => no === rows[0]?.state)?.[0];
  return { ...rows[0], state };
}

const waitFor = (runId: string, address: string, what: object) =>
  expect.poll(() => read(runId, address), { timeout: 20_000, interval: 50, message: address }).toMatchObject(what);

/** As a mailbox provider's server hands it to ours. */
async function sendMail(to: string, text: string): Promise<void> {
  const carrier = channelById("email")?.open({ provider: "smtp", settings: { url: postfix.url }, callbackUrl: "" });
  const how = { messageId: "report", attempt: 1, mayStillSend: () => true, signal: new AbortController().signal };
  const mime = text.replace(/\n/g, "\r\n");
  const outcome = await carrier?.send({ from: "feedback@mailbox.example.com", to, mime }, how);
  await carrier?.close?.();
  expect(outcome).toMatchObject({ is: "accepted" });
}

const abuseReport = (messageId: string): string => `From: feedback@mailbox.example.com
To: abuse@example.com
Subject: A reader complains
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="arf"

--arf
Content-Type: text/plain

Somebody does not want this.
--arf
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Mailbox/1.0
Version: 1

--arf
Content-Type: message/rfc822

From: shop@example.com
Message-ID: <${messageId}@example.com>
Subject: Spring

Words.
--arf--
`;
