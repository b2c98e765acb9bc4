/**
 * What providers answer, or do not, through a whole Chorus: what arrived at the stand-ins is held against what the ledger
 * says of each message.
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Json, openTestApi, type TestApi } from "@chorus/api/test-api";
import { addContacts, approve, makeCampaign, openId } from "@chorus/api/test-campaign";
import { openIdSeal } from "@chorus/core/id";
import { messageStates } from "@chorus/core/message";
import { migrateQueue } from "@chorus/queue/connect";
import { defaultAccounts } from "@chorus/sandbox/accounts";
import { openSandbox, type Sandbox } from "@chorus/sandbox/open-sandbox";
import { readWireLog } from "@chorus/sandbox/wire-log";
import { readConfig } from "@chorus/worker/config";
import { startWorker } from "@chorus/worker/worker";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

let api: TestApi;
let sandbox: Sandbox;
let folder: string;
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chorus-outcomes-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  api = await openTestApi();
  undo.push(() => api.close());
  await migrateQueue(api.databaseUrl);
  sandbox = await openSandbox({ folder });
  undo.push(() => sandbox.close());
  await give("email", "smtp", smtpAccount(sandbox.smtpUrl));
  await give("sms", "twilio", twilioAccount());
  const worker = await startWorker(
    readConfig({
      ...{ DATABASE_URL: api.databaseUrl, PUBLIC_URL: api.url, LOG_LEVEL: "silent" },
      CHORUS_KEY: Buffer.from(api.installationKey).toString("base64"),
    }),
  );
  undo.push(() => worker.stop());
});
afterAll(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
afterEach(() => control("DELETE", "/control/faults"));

/** Impatient, so that silence is soon a doubt. */
const smtpAccount = (url: string) => ({ url, dotTimeoutMs: 700, connectTimeoutMs: 700 });
const twilioAccount = (authToken = defaultAccounts.twilioAuthToken) => ({
  ...{ accountSid: defaultAccounts.twilioAccountSid, authToken, from: "+15005550006", answerTimeoutMs: 700 },
  baseUrl: `${sandbox.httpUrl}/twilio`,
});

async function give(channel: string, provider: string, settings: object): Promise<void> {
  const answer = await api.ask("PUT", `/v1/accounts/${channel}`, { body: { provider, settings } });
  if (answer.status !== 200) throw new Error(answer.text);
}

async function control(method: string, path: string, body?: object): Promise<void> {
  const json = body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const answer = await fetch(new URL(path, sandbox.httpUrl), { method, ...json });
  if (!answer.ok) throw new Error(await answer.text());
}
const faults = (provider: string, rules: Readonly<Record<string, object>>) =>
  control(
    "POST",
    "/control/faults",
    Object.entries(rules).map(([to, fault]) => ({ provider, match: { to }, fault })),
  );

/** How often the stand-ins took each message, by its public id. */
async function taken(): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { event, messageId } of await readWireLog(folder))
    if (event === "accepted" && messageId) counts.set(messageId, (counts.get(messageId) ?? 0) + 1);
  return counts;
}

type Line = { id: string; address: string; state: string; attempts: number };

async function ledger(runId: string): Promise<Line[]> {
  const { rows } = await api.db.sql.query<{
    runId: string;
    messageId: string;
    address: string;
    state: number;
    attempts: number;
  }>(
    `select m.run_id as "runId", m.id as "messageId", a.value as address, m.state, greatest(m.attempt, d.attempt) as attempts
       from message m join address a using (contact_id, channel_no) left join due d on d.message_id = m.id where m.run_id = $1`,
    [runId],
  );
  const nameOf = (no: number) => Object.entries(messageStates).find(([, each]) => each === no)?.[0] ?? "";
  const seal = openIdSeal(api.installationKey);
  return rows.map(({ state, address, attempts, ...ref }) => ({
    ...{ id: seal.sealMessage(ref), state: nameOf(state), address, attempts },
  }));
}

async function launch(channel: "email" | "sms", addresses: readonly string[]): Promise<string> {
  await api.db.sql.query("delete from contact where workspace_id = $1", [api.id]);
  for (const address of addresses)
    await addContacts(api, 1, {
      addresses: { [channel]: address },
      consents: { [channel]: "granted" },
      externalId: address,
    });
  const campaign = await makeCampaign(api, { channels: [channel] });
  const runsOf = `select id from run where campaign_id = ${openId(api, "campaign", campaign.id)}`;
  const runId = async () => (await api.db.sql.query<{ id: string }>(runsOf)).rows[0]?.id ?? "";
  const read = async () => (await api.ask("GET", `/v1/campaigns/${campaign.id}`)).body.state;
  await api.ask("POST", `/v1/campaigns/${campaign.id}/plan`, { as: "author" });
  await expect.poll(read, { timeout: 20_000 }).toBe("in_review");
  await approve(api, campaign);
  await api.ask("POST", `/v1/campaigns/${campaign.id}/schedule`, { body: { at: "now" } });
  await expect.poll(runId, { timeout: 20_000 }).not.toBe("");
  const isPlanned = `select 1 from run_expansion where done and run_id = ${await runId()}`;
  await expect.poll(async () => (await api.db.sql.query(isPlanned)).rowCount, { timeout: 20_000 }).toBe(1);
  return await runId();
}

const some = (name: string, count = 8) => Array.from({ length: count }, (_, n) => `${name}${n}@example.com`);
const settled = (runId: string, open = 0) =>
  expect
    .poll(async () => (await ledger(runId)).filter((line) => line.state === "waiting").length, { timeout: 20_000 })
    .toBe(open);

describe("D3, D4: a mail whose answer does not come", () => {
  it("is in doubt, every time, and nothing else is: who takes it and dies, who is silent, who is late, who says no", async () => {
    await faults("smtp", {
      "hup*": { is: "accept_then_hang_up" },
      "slow*": { is: "hang", ms: 2_000 },
      "late*": { is: "hang", ms: 200 },
      "gone*": { is: "hard_bounce" },
      "busy*": { is: "server_error" },
      "full*": { is: "mailbox_full" },
    });
    const runId = await launch(
      "email",
      ["hup", "slow", "late", "gone", "busy", "full", "fine"].flatMap((name) => some(name)),
    );
    const expected: Record<string, string> = {
      ...{ hup: "in_doubt", slow: "in_doubt", late: "accepted", fine: "accepted", gone: "failed" },
      ...{ busy: "waiting", full: "waiting" },
    };
    await settled(runId, 16);
    const wire = await taken();
    for (const { id, address, state } of await ledger(runId)) {
      const kind = address.replace(/\d.*/, "");
      expect([address, state], "as its name says").toEqual([address, expected[kind]]);
      const times = ["hup", "slow", "late", "fine"].includes(kind) ? 1 : 0;
      expect([address, wire.get(id) ?? 0], "as the referee saw it").toEqual([address, times]);
    }
  });
});

/** Whatever was handed over has its answer, and it is written down. */
const isQuiet = (runId: string) =>
  expect
    .poll(
      async () => (await api.db.sql.query(`select 1 from due where run_id = ${runId} and state in (1, 2)`)).rowCount,
    )
    .toBe(0);

describe("a text whose answer does not come", () => {
  it("D3: is not in doubt for long, because Twilio tells, and nobody gets it twice", async () => {
    const numbers = Array.from({ length: 8 }, (_, n) => `+4479460100${10 + n}`);
    await faults("twilio", {
      "*010010": { is: "accept_then_hang_up" },
      "*010011": { is: "hang", ms: 2_000 },
      "*010012": { is: "accept_then_hang_up" },
    });
    const runId = await launch("sms", numbers);
    await expect
      .poll(async () => (await ledger(runId)).every((line) => line.state === "accepted"), { timeout: 20_000 })
      .toBe(true);
    const wire = await taken();
    for (const { id } of await ledger(runId)) expect(wire.get(id)).toBe(1);
  });
});

describe("D4: a single send in doubt", () => {
  const words = (headline: string) => ({ subject: "Your code", headline, paragraphs: ["It is good for ten minutes."] });
  async function send(messageClass: "security" | "transactional", address: string): Promise<string> {
    const answer = await api.ask("POST", "/v1/messages", {
      body: { channel: "email", class: messageClass, to: { address }, content: words("471 101") },
      headers: { "idempotency-key": randomUUID() },
    });
    if (answer.status !== 202) throw new Error(answer.text);
    return answer.body.id;
  }
  const read = async (id: string): Promise<Json> => (await api.ask("GET", `/v1/messages/${id}`)).body;
  const becomes = (id: string, what: object) => expect.poll(() => read(id), { timeout: 15_000 }).toMatchObject(what);
  /** The minute in which a late answer might still come. */
  const aMinutePasses = () => api.db.sql.query("update doubt set ask_at = chorus_now() where ask_at is not null");
  const policy = async (atMostOnce: boolean) =>
    expect((await api.ask("PUT", "/v1/doubt-policy", { body: { atMostOnce } })).body).toEqual({ atMostOnce });
  const hangUp = { is: "accept_then_hang_up" };

  it("that is a security code goes out again at once, the same, and says that it may have come twice", async () => {
    await control("POST", "/control/faults", [{ provider: "smtp", match: { to: "otp*" }, fault: hangUp, times: 1 }]);
    const id = await send("security", "otp@example.com");
    await becomes(id, {
      state: "accepted",
      attempt: 2,
      maybeTwice: true,
      doubts: [{ attempt: 1, resolution: "resent" }],
    });
    expect((await taken()).get(id)).toBe(2);
    const inbox = (await (await fetch(`${sandbox.httpUrl}/inbox.json?channel=email&limit=500`)).json()) as Json;
    const mails = inbox.messages.filter((each: Json) => each.messageId === id);
    expect(mails.map((each: Json) => each.body.text.includes("471 101"))).toEqual([true, true]);
  });

  it("that is a receipt waits a minute for its answer, goes out once more, and then a person decides", async () => {
    await faults("smtp", { "order*": hangUp });
    const id = await send("transactional", "order@example.com");
    await becomes(id, { state: "in_doubt", maybeTwice: false });
    await aMinutePasses();
    await becomes(id, { state: "in_doubt", attempt: 2, maybeTwice: true });
    await aMinutePasses();
    await becomes(id, { state: "in_doubt_final", attempt: 2 });
    expect((await taken()).get(id)).toBe(2);
  });

  it("goes out no second time where the workspace says at most once", async () => {
    await faults("smtp", { "strict*": hangUp });
    await policy(true);
    const id = await send("security", "strict@example.com");
    await becomes(id, { state: "in_doubt_final", attempt: 1, maybeTwice: false });
    await policy(false);
    expect((await taken()).get(id)).toBe(1);
  });
});

describe("D17: an account", () => {
  const account = async (channel: string): Promise<Json> =>
    (await api.ask("GET", "/v1/accounts")).body.items.find((each: Json) => each.channel === channel).account;
  const tries = async (runId: string) =>
    (await api.db.sql.query<{ count: number }>("select count(*)::int from attempt where run_id = $1", [runId])).rows[0]
      ?.count ?? 0;

  it("that the provider does not know is paused, burns nobody, and after a release tries one message first", async () => {
    await give("sms", "twilio", twilioAccount("not the token"));
    const runId = await launch(
      "sms",
      Array.from({ length: 40 }, (_, n) => `+4479460200${10 + n}`),
    );
    await expect
      .poll(() => account("sms"), { timeout: 15_000 })
      .toMatchObject({ paused: true, blockedUntil: null, blockedBecause: "HTTP 401, Twilio error 20003" });
    expect(new Set((await ledger(runId)).map((line) => line.state))).toEqual(new Set(["waiting"]));
    await isQuiet(runId);
    const before = await tries(runId);
    expect(before).toBeLessThanOrEqual(20);
    expect((await api.ask("POST", "/v1/accounts/sms/release")).body).toEqual({ released: true });
    await expect.poll(() => account("sms"), { timeout: 15_000 }).toMatchObject({ paused: true });
    await expect.poll(() => tries(runId), { timeout: 15_000 }).toBe(before + 1); // the account is paused before it is written
    await isQuiet(runId);
    expect(await tries(runId)).toBe(before + 1);
    await give("sms", "twilio", twilioAccount());
    await api.db.sql.query("update due set not_before = chorus_now() where run_id = $1", [runId]);
    await expect
      .poll(async () => (await ledger(runId)).every((line) => line.state === "accepted"), { timeout: 20_000 })
      .toBe(true);
  });

  it("that nobody answers for is tried with one message at a time, less and less often", async () => {
    await give("email", "smtp", smtpAccount("smtp://127.0.0.1:1"));
    const runId = await launch("email", some("circuit", 40));
    await expect.poll(() => tries(runId), { timeout: 10_000 }).toBeGreaterThan(0);
    await isQuiet(runId);
    const first = await tries(runId);
    expect(first, "hand-overs that were under way together").toBeLessThanOrEqual(10);
    await new Promise((next) => setTimeout(next, 3_500));
    expect((await tries(runId)) - first, "probes after 1 and 2 seconds").toBeLessThanOrEqual(3);
    expect((await tries(runId)) - first).toBeGreaterThanOrEqual(1);
    await give("email", "smtp", smtpAccount(sandbox.smtpUrl));
    await settled(runId);
    const wire = await taken();
    for (const { id, state } of await ledger(runId)) expect([state, wire.get(id)]).toEqual(["accepted", 1]);
  });
});
