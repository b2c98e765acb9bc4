/** A whole campaign while its workers are killed again and again; then what arrived is held against the ledger. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { channels } from "@chorus/channels/registry";
import { openIdSeal } from "@chorus/core/id";
import { approvalView, campaignView, preflightView } from "@chorus/core/wire-campaigns";
import { reportView, runList } from "@chorus/core/wire-runs";
import { eachHandedOver } from "@chorus/db/handed-over";
import { type Db, openDb } from "@chorus/db/open";
import { openTestDatabase } from "@chorus/db/test-db";
import { migrateQueue } from "@chorus/queue/connect";
import { readWireLog } from "@chorus/sandbox/wire-log";
import { afterEach, describe, expect, inject, it } from "vitest";
import { z } from "zod";
import { type Client, openClient } from "./client.ts";
import { compare } from "./compare.ts";
import { type RunningProcess, startProcess } from "./processes.ts";
import { chooseProviders } from "./providers.ts";
import { openSandboxControl } from "./sandbox-control.ts";
import { readSettings, root } from "./settings.ts";
import { createWithKeys } from "./workspace.ts";

/** Few enough to end soon, slow enough at the provider that something is always in its hands. */
const contacts = 500;
const providerMs = 250;
const workersAtOnce = 2;
const kills = 20;

const backends = [
  { name: "PostgreSQL", queueUrl: (databaseUrl: string) => databaseUrl },
  { name: "Redis", queueUrl: () => `${inject("redisUrl")}?prefix=kill-${randomBytes(4).toString("hex")}` },
];
const undo: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

describe.each(backends)(
  "workers killed again and again in mid-campaign, with the queue on $name",
  ({ name, queueUrl }) => {
    it.skipIf(name === "Redis" && !inject("redisUrl"))(
      `nobody gets a message twice, nobody is lost, and every doubt is listed, through ${kills} kills`,
      { timeout: 400_000 },
      async () => {
        const place = await openPlace(queueUrl);
        const campaignId = await launchCampaign(place);
        await killWorkers(place, campaignId);
        const report = await finish(place, campaignId);

        const { rows } = await place.db.sql.query<{ workers: number }>(
          "select count(distinct worker_id)::int as workers from doubt where detail like 'the worker died%'",
        );
        expect(rows[0]?.workers, "kills that hit between permit and result").toBeGreaterThanOrEqual(5);
        expect(report.books).toMatchObject({
          planned: 2 * contacts,
          open: 0,
          skipped: {},
          failed: {},
          expired: 0,
          cancelled: 0,
        });
        expect(report.books.accepted + report.books.inDoubt).toBe(2 * contacts);
        expect(report.channels.sms?.inDoubt, "a provider that can be asked leaves no doubt").toBe(0);
        await expectBooksToMatchWire(place);
        await expectEveryDoubtListed(place, report.books.inDoubt);
      },
    );
  },
);

type Place = {
  db: Db;
  key: Uint8Array;
  client: Client;
  sandboxFolder: string;
  databaseUrl: string;
  startWorker(): Promise<RunningProcess>;
};

async function openPlace(queueUrlOf: (databaseUrl: string) => string): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "chorus-kill-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const database = await openTestDatabase();
  undo.push(() => database.close());
  const queueUrl = queueUrlOf(database.url);
  await migrateQueue(queueUrl);
  const key = randomBytes(32);
  const sandboxFolder = join(folder, "sandbox");
  const start = async <Ready>(name: string, main: string, env: Record<string, string>, ready: z.ZodType<Ready>) => {
    const file = {
      name,
      main: join(root, main),
      logFile: join(folder, `${name}-${randomBytes(3).toString("hex")}.log`),
    };
    const process = await startProcess({ ...file, env, ready }, new AbortController().signal);
    undo.push(() => process.kill());
    return process;
  };
  const sandboxReady = z.object({ event: z.literal("sandbox.ready"), smtp: z.string(), http: z.string() });
  const sandbox = await start(
    "sandbox",
    "packages/sandbox/src/start.ts",
    { SANDBOX_FOLDER: sandboxFolder },
    sandboxReady,
  );
  const { environment } = chooseProviders({ settings: readSettings({}), sandbox: sandbox.ready, staysHere: true });
  const env = {
    ...environment,
    DATABASE_URL: database.url,
    QUEUE_URL: queueUrl,
    CHORUS_KEY: key.toString("base64"),
    LOG_LEVEL: "warn",
  };
  const apiReady = z.object({ event: z.literal("api.ready"), url: z.string() });
  const api = await start("api", "apps/api/src/start.ts", env, apiReady);
  const control = openSandboxControl({ url: sandbox.ready.http, signal: new AbortController().signal });
  await control.addFaults([
    { provider: "smtp", match: {}, fault: { is: "hang", ms: providerMs } },
    { provider: "twilio", match: {}, fault: { is: "hang", ms: providerMs } },
  ]);
  const db = await openDb({ url: database.url, channels: channels.map((each) => each.id), connections: 4 });
  undo.push(() => db.close());
  const people = [{ name: "Ada", email: "ada@example.com", role: "owner" as const }];
  const [secret = ""] = await createWithKeys(db, { name: "Kill test", kind: "sandbox", people });
  return {
    db,
    key,
    sandboxFolder,
    databaseUrl: database.url,
    client: openClient({ url: api.ready.url, key: secret, signal: new AbortController().signal }),
    startWorker: () =>
      start(
        "worker",
        "apps/worker/src/start.ts",
        { ...env, PUBLIC_URL: api.ready.url },
        z.object({ event: z.literal("worker.ready") }),
      ),
  };
}

async function* contactRows() {
  yield "external_id,first_name,email,phone,consent_email,consent_sms,locale\n";
  for (let n = 0; n < contacts; n++) {
    const phone = `+1${["212", "415", "312", "617", "206", "303", "404"][Math.floor(n / 100)]}55501${String(n % 100).padStart(2, "0")}`;
    yield `k${n},Name ${n},k${n}@example.com,${phone},yes,yes,en\n`;
  }
}

async function launchCampaign({ client, startWorker }: Place): Promise<string> {
  const imported = z.object({ accepted: z.number(), rejected: z.number() });
  expect(await client.upload("/v1/imports/contacts", contactRows(), { answer: imported })).toEqual({
    accepted: contacts,
    rejected: 0,
  });
  const { id } = await client.post(
    "/v1/campaigns",
    {
      name: "Through the storm",
      brief: { goal: "Say hello", factSheet: { facts: [], links: [{ id: "shop", url: "https://shop.example/" }] } },
      channels: ["email", "sms"],
      locales: ["en"],
    },
    campaignView,
  );
  await client.post(`/v1/campaigns/${id}/plan`, undefined, campaignView);
  const writer = await startWorker();
  while ((await client.get(`/v1/campaigns/${id}`, campaignView)).state !== "in_review") await sleep(200);
  await writer.stop();
  const { contentHash, audienceSize } = await client.get(`/v1/campaigns/${id}/preflight`, preflightView);
  await client.post(`/v1/campaigns/${id}/approve`, { contentHash, audienceSize }, approvalView);
  await client.post(`/v1/campaigns/${id}/schedule`, { at: "now" }, campaignView);
  return id;
}

/**
 * A new worker takes each dead one's place. Every other one dies at any moment of its start, which is random enough to
 * hit between two statements; the others die once they have something in a provider's hands.
 */
async function killWorkers(place: Place, campaignId: string): Promise<void> {
  let started = 0;
  const live = async () => {
    while (started < kills) {
      const dieSending = started++ % 2 === 0;
      const worker = await place.startWorker();
      if (dieSending) await untilSending(place.db, worker);
      await sleep(Math.random() * 700);
      worker.kill();
      await worker.ended;
    }
  };
  await Promise.all(Array.from({ length: workersAtOnce }, live));
  const { items } = await place.client.get(`/v1/campaigns/${campaignId}/runs`, runList);
  expect(items[0]?.state, "the campaign was still under way at the last kill").toBe("sending");
}

async function untilSending(db: Db, { pid }: RunningProcess): Promise<void> {
  const sending = async () => {
    const { rows } = await db.sql.query(
      "select 1 from due d join worker w on w.id = d.worker_id where d.state = 2 and w.name like '%:' || $1::int limit 1",
      [pid],
    );
    return rows.length > 0;
  };
  for (const until = performance.now() + 20_000; performance.now() < until && !(await sending()); ) await sleep(20);
}

/**
 * A last worker ends what is left. Proof that a provider did not take a message needs a minute's distance from the
 * hand-over: the database's clock is moved instead of waiting.
 */
async function finish({ client, db, databaseUrl, startWorker }: Place, campaignId: string) {
  const nothingDue = async () => (await db.sql.query("select 1 from due limit 1")).rows.length === 0;
  const first = await startWorker();
  while (!(await nothingDue())) await sleep(200);
  await first.stop();
  await db.sql.query(`alter database ${new URL(databaseUrl).pathname.slice(1)} set chorus.clock_shift = '3 minutes'`);
  const second = await startWorker();
  for (;;) {
    const { items } = await client.get(`/v1/campaigns/${campaignId}/runs`, runList);
    if (items[0]?.state === "finished") {
      await second.stop();
      return await client.get(`/v1/runs/${items[0].id}/report`, reportView);
    }
    await sleep(300);
  }
}

async function expectBooksToMatchWire({ db, key, sandboxFolder }: Place) {
  const comparison = await compare({
    ledger: eachHandedOver(db, null),
    wire: await readWireLog(sandboxFolder),
    seal: openIdSeal(key),
    channels: ["email", "sms"],
    runId: null,
  });
  expect(comparison.differences).toEqual([]);
}

async function expectEveryDoubtListed({ db }: Place, inDoubt: number) {
  const { rows } = await db.sql.query<{ listed: number; explained: number }>(
    `select count(*)::int as listed, count(d.worker_id)::int as explained from message m
       left join doubt d on d.run_id = m.run_id and d.message_id = m.id and d.attempt = m.attempt where m.state in (8, 9)`,
  );
  expect(rows[0]).toEqual({ listed: inDoubt, explained: inDoubt });
}
