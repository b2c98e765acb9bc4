/** A campaign under way, for whoever breaks things meanwhile: sandbox, API and workers, each a process that may die. */
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { channels } from "@chorus/channels/registry";
import { openIdSeal } from "@chorus/core/id";
import { approvalView, campaignView, preflightView } from "@chorus/core/wire-campaigns";
import { reportView, runList } from "@chorus/core/wire-runs";
import { eachHandedOver } from "@chorus/db/handed-over";
import { type Db, openDb } from "@chorus/db/open";
import { migrateQueue } from "@chorus/queue/connect";
import type { FaultRule } from "@chorus/sandbox/faults";
import { eachWireEntry, readWireLog, type WireEntry } from "@chorus/sandbox/wire-log";
import { z } from "zod";
import { type Client, openClient } from "./client.ts";
import { type Comparison, compare } from "./compare.ts";
import { type RunningProcess, startProcess } from "./processes.ts";
import { chooseProviders } from "./providers.ts";
import { openSandboxControl } from "./sandbox-control.ts";
import { readSettings, root } from "./settings.ts";
import { createWithKeys } from "./workspace.ts";

export type PlacedWorker = RunningProcess & { log(): Promise<string> };

export type SendingPlace = {
  readonly db: Db;
  readonly databaseUrl: string;
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly client: Client;
  /** Where the stand-ins are and who we are to them: the accounts' environment variables. */
  readonly accounts: Readonly<Record<string, string>>;
  /** The stand-ins, by the addresses they said they listen at, and the folder of their wire log. */
  readonly sandbox: { readonly smtp: string; readonly http: string; readonly folder: string };
  readonly installationKey: Uint8Array;
  /** Somebody else, whom a large campaign needs. */
  readonly approver: Client;
  /** `env` over what every worker here has. */
  startWorker(env?: Readonly<Record<string, string>>): Promise<PlacedWorker>;
  addFaults(rules: readonly FaultRule[]): Promise<unknown>;
  /** The providers are quick from now on. */
  hurryProviders(): Promise<void>;
  /** What the providers took, oldest first. */
  arrivals(): Promise<readonly WireEntry[]>;
  /** What the providers took against what the ledger says, message by message. */
  compareBooks(): Promise<Comparison>;
  close(): Promise<void>;
};

type Wish = {
  /** Migrated. The test's own eyes look here. */
  readonly databaseUrl: string;
  /** How the processes reach it, where that is another way. */
  readonly throughUrl?: string;
  readonly queueUrl: string;
  /** Where the world is told that the API is; where it is, otherwise. */
  readonly publicUrl?: string;
  /** How long each message stays in a provider's hands. */
  readonly providerMs: number;
};

const ready = {
  sandbox: z.object({ event: z.literal("sandbox.ready"), smtp: z.string(), http: z.string() }),
  api: z.object({ event: z.literal("api.ready"), url: z.string() }),
  worker: z.object({ event: z.literal("worker.ready") }),
};

export async function openSendingPlace(of: Wish): Promise<SendingPlace> {
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return { ...(await open(of, undo)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(of: Wish, undo: (() => Promise<unknown> | unknown)[]): Promise<Omit<SendingPlace, "close">> {
  const folder = await mkdtemp(join(tmpdir(), "chorus-sending-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const start = async <Ready>(name: string, main: string, env: Record<string, string>, wanted: z.ZodType<Ready>) => {
    const logFile = join(folder, `${name}-${randomBytes(3).toString("hex")}.log`);
    const file = { name, main: join(root, main), logFile, env, ready: wanted };
    const process = await startProcess(file, new AbortController().signal);
    undo.push(async () => {
      process.kill();
      await process.ended;
    });
    return { ...process, log: () => readFile(logFile, "utf8") };
  };
  await migrateQueue(of.queueUrl);
  const key = randomBytes(32);
  const sandboxFolder = join(folder, "sandbox");
  const sandbox = await start(
    "sandbox",
    "packages/sandbox/src/start.ts",
    { SANDBOX_FOLDER: sandboxFolder },
    ready.sandbox,
  );
  const { environment } = chooseProviders({ settings: readSettings({}), sandbox: sandbox.ready, staysHere: true });
  const env = {
    ...environment,
    DATABASE_URL: of.throughUrl ?? of.databaseUrl,
    QUEUE_URL: of.queueUrl,
    CHORUS_KEY: key.toString("base64"),
    LOG_LEVEL: "warn",
    ...(of.publicUrl ? { PUBLIC_URL: of.publicUrl } : {}),
  };
  const api = await start("api", "apps/api/src/start.ts", env, ready.api);
  const signal = new AbortController().signal;
  const hang = { is: "hang", ms: of.providerMs } as const;
  const control = openSandboxControl({ url: sandbox.ready.http, signal });
  await control.addFaults([
    { provider: "smtp", match: {}, fault: hang },
    { provider: "twilio", match: {}, fault: hang },
  ]);
  const db = await openDb({ url: of.databaseUrl, channels: channels.map((each) => each.id), connections: 4 });
  undo.push(() => db.close());
  const people = ["Ada", "Bea"].map((name) => ({ name, email: `${name}@example.com`, role: "owner" as const }));
  const [apiKey = "", othersKey = ""] = await createWithKeys(db, { name: "Broken things", kind: "sandbox", people });
  return {
    ...{ db, apiKey, accounts: environment, databaseUrl: of.databaseUrl, apiUrl: api.ready.url, installationKey: key },
    sandbox: { smtp: sandbox.ready.smtp, http: sandbox.ready.http, folder: sandboxFolder },
    client: openClient({ url: api.ready.url, key: apiKey, signal }),
    approver: openClient({ url: api.ready.url, key: othersKey, signal }),
    startWorker: (own = {}) =>
      start("worker", "apps/worker/src/start.ts", { PUBLIC_URL: api.ready.url, ...env, ...own }, ready.worker),
    addFaults: control.addFaults,
    async hurryProviders() {
      await fetch(new URL("/control/faults", sandbox.ready.http), { method: "DELETE" });
    },
    arrivals: async () => (await readWireLog(sandboxFolder)).filter(({ event }) => event === "accepted"),
    compareBooks: () => {
      const ids = { seal: openIdSeal(key), channels: channels.map((each) => each.id), runId: null };
      return compare({ ledger: eachHandedOver(db, null), wire: eachWireEntry(sandboxFolder), ...ids });
    },
  };
}

type Audience = { readonly contacts: number; readonly texts?: number; readonly domainOf?: (n: number) => string };

/** A campaign to so many contacts with a mail address, of whom `texts` have a number too; answers when it is sending. */
export async function launchTo(
  { client, approver, startWorker }: SendingPlace,
  of: Audience & { channels: readonly ("email" | "sms")[] },
): Promise<string> {
  const imported = z.object({ accepted: z.number(), rejected: z.number() });
  const answer = await client.upload("/v1/imports/contacts", contactRows(of), { answer: imported });
  if (answer.accepted !== of.contacts)
    throw new Error(`Of ${of.contacts} contacts ${answer.rejected} were rejected: these are to be a whole audience.`);
  const link = { id: "shop", url: "https://shop.example/" };
  const brief = { goal: "Say hello", factSheet: { facts: [], links: [link] } };
  const body = { name: "Through the storm", brief, channels: of.channels, locales: ["en"] };
  const { id } = await client.post("/v1/campaigns", body, campaignView);
  await client.post(`/v1/campaigns/${id}/plan`, undefined, campaignView);
  const writer = await startWorker();
  while ((await client.get(`/v1/campaigns/${id}`, campaignView)).state !== "in_review") await sleep(200);
  await writer.stop();
  const { contentHash, audienceSize } = await client.get(`/v1/campaigns/${id}/preflight`, preflightView);
  await approver.post(`/v1/campaigns/${id}/approve`, { contentHash, audienceSize }, approvalView);
  await client.post(`/v1/campaigns/${id}/schedule`, { at: "now" }, campaignView);
  return id;
}

/** Numbers of the kind that is kept for fiction, as long as there are any. */
async function* contactRows({ contacts, texts = contacts, domainOf = () => "example.com" }: Audience) {
  const areas = ["212", "415", "312", "617", "206", "303", "404"];
  const fictional = (n: number) => `${areas[Math.floor(n / 100)]}55501${String(n % 100).padStart(2, "0")}`;
  const anyOther = (n: number) => `${areas[n % areas.length]}${String(2_000_000 + n)}`;
  yield "external_id,first_name,email,phone,consent_email,consent_sms,locale\n";
  for (let n = 0; n < contacts; n++) {
    const phone = n < texts ? `+1${n < areas.length * 100 ? fictional(n) : anyOther(n)}` : "";
    yield `k${n},Name ${n},k${n}@${domainOf(n)},${phone},yes,${phone && "yes"},en\n`;
  }
}

export async function newestRun({ client }: SendingPlace, campaignId: string) {
  const { items } = await client.get(`/v1/campaigns/${campaignId}/runs`, runList);
  return items[0];
}

/** Waits until nothing of it is due any more: doubts may be open. */
export async function untilNothingDue({ db }: SendingPlace): Promise<void> {
  while ((await db.sql.query("select 1 from due limit 1")).rows.length > 0) await sleep(200);
}

/**
 * Waits for the end of its run. Proof that a provider did not take a message needs a minute's distance from the
 * hand-over: the database's clock is moved for the worker that asks, instead of waiting.
 */
export async function untilFinished(place: SendingPlace, campaignId: string): Promise<z.infer<typeof reportView>> {
  const database = new URL(place.databaseUrl).pathname.slice(1);
  await place.db.sql.query(`alter database ${database} set chorus.clock_shift = '3 minutes'`);
  const worker = await place.startWorker();
  for (;;) {
    const run = await newestRun(place, campaignId);
    if (run?.state === "finished") {
      await worker.stop();
      return await place.client.get(`/v1/runs/${run.id}/report`, reportView);
    }
    await sleep(300);
  }
}
