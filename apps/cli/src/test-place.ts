/** A whole Chorus for a test that looks at it from outside: sandbox, API, worker and collector, each a process of its own. */
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { channels } from "@chorus/channels/registry";
import { approvalView, campaignView, preflightView } from "@chorus/core/wire-campaigns";
import { runList } from "@chorus/core/wire-runs";
import { type Db, openDb } from "@chorus/db/open";
import { openTestDatabase } from "@chorus/db/test-db";
import { migrateQueue } from "@chorus/queue/connect";
import { z } from "zod";
import { type Client, openClient } from "./client.ts";
import { type RunningProcess, startProcess } from "./processes.ts";
import { chooseProviders, sandboxAccounts } from "./providers.ts";
import { openSandboxControl, type SandboxControl } from "./sandbox-control.ts";
import { readSettings, root } from "./settings.ts";
import { createWithKeys } from "./workspace.ts";

export type ReceivedSpan = {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startNs: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
};

export type TestPlace = {
  readonly db: Db;
  readonly installationKey: Uint8Array;
  readonly apiKey: string;
  readonly apiUrl: string;
  readonly queueUrl: string;
  readonly sandboxUrl: string;
  readonly client: Client;
  readonly sandbox: SandboxControl;
  readonly worker: RunningProcess;
  /** Stops worker and API, so that everything they had to tell is told. */
  stopApps(): Promise<void>;
  /** What the processes of these names printed. */
  logs(...names: string[]): Promise<string>;
  spans(): Promise<ReceivedSpan[]>;
  /** Every export as it came. */
  exported(): Promise<string>;
  close(): Promise<void>;
};

const ready = {
  sandbox: z.object({ event: z.literal("sandbox.ready"), smtp: z.string(), http: z.string() }),
  api: z.object({ event: z.literal("api.ready"), url: z.string() }),
  worker: z.object({ event: z.literal("worker.ready") }),
  collector: z.object({ event: z.literal("collector.ready"), url: z.string() }),
};

type Wish = {
  /** From the database's URL. */
  readonly queueUrl?: (databaseUrl: string) => string;
  /** Accounts, as a person sets them. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
};

export async function openTestPlace({
  queueUrl: queueUrlOf = (url) => url,
  settings = {},
  env: more = {},
}: Wish = {}): Promise<TestPlace> {
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  const folder = await mkdtemp(join(tmpdir(), "chorus-place-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const start = async <T>(name: string, of: { main: string; env: Record<string, string>; ready: z.ZodType<T> }) => {
    const wanted = {
      name,
      main: join(root, of.main),
      logFile: join(folder, `${name}.log`),
      env: of.env,
      ready: of.ready,
    };
    const process = await startProcess(wanted, new AbortController().signal);
    undo.push(() => process.kill());
    return process;
  };
  try {
    const database = await openTestDatabase();
    undo.push(() => database.close());
    const queueUrl = queueUrlOf(database.url);
    await migrateQueue(queueUrl);
    const read = readSettings(settings);
    const collector = await start("collector", {
      ...{ main: "packages/telemetry/src/test-collector-process.ts", env: {}, ready: ready.collector },
    });
    const sandbox = await start("sandbox", {
      main: "packages/sandbox/src/start.ts",
      env: { ...sandboxAccounts(read), SANDBOX_FOLDER: join(folder, "sandbox") },
      ready: ready.sandbox,
    });
    const smtp = withLogin(sandbox.ready.smtp, settings.SMTP_LOGIN);
    const { environment } = chooseProviders({ settings: read, sandbox: { ...sandbox.ready, smtp }, staysHere: true });
    const key = randomBytes(32);
    const env = {
      ...environment,
      ...{ DATABASE_URL: database.url, QUEUE_URL: queueUrl, CHORUS_KEY: key.toString("base64"), LOG_LEVEL: "info" },
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.ready.url,
      ...more,
    };
    const api = await start("api", { main: "apps/api/src/start.ts", env, ready: ready.api });
    const worker = await start("worker", {
      main: "apps/worker/src/start.ts",
      env: { ...env, PUBLIC_URL: api.ready.url },
      ready: ready.worker,
    });
    const db = await openDb({ url: database.url, channels: channels.map((each) => each.id), connections: 3 });
    undo.push(() => db.close());
    const people = [{ name: "Ada", email: "ada@example.com", role: "owner" as const }];
    const [apiKey = ""] = await createWithKeys(db, { name: "Test", kind: "sandbox", people });
    const signal = new AbortController().signal;
    const ask = async (path: string) => (await fetch(`${collector.ready.url}${path}`)).text();
    return {
      ...{ db, apiKey, queueUrl, worker, close },
      installationKey: key,
      apiUrl: api.ready.url,
      sandboxUrl: sandbox.ready.http,
      client: openClient({ url: api.ready.url, key: apiKey, signal }),
      sandbox: openSandboxControl({ url: sandbox.ready.http, signal }),
      stopApps: async () => {
        await worker.stop();
        await api.stop();
      },
      logs: async (...names) => {
        const files = (await readdir(folder)).filter((file) => names.some((name) => file === `${name}.log`));
        return (await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")))).join("\n");
      },
      spans: async () => JSON.parse(await ask("/spans")) as ReceivedSpan[],
      exported: () => ask("/text"),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function withLogin(smtp: string, login: string | undefined): string {
  return login === undefined ? smtp : smtp.replace("//", `//${login}@`);
}

/** A campaign from brief to run, approved for whoever is there. */
export async function launchCampaign({ client }: TestPlace, of: { channels: readonly string[] }): Promise<string> {
  const link = { id: "shop", url: "https://shop.example/" };
  const brief = { goal: "Say hello", factSheet: { facts: [], links: [link] } };
  const body = { name: "A small one", brief, channels: of.channels, locales: ["en"] };
  const { id } = await client.post("/v1/campaigns", body, campaignView);
  await client.post(`/v1/campaigns/${id}/plan`, undefined, campaignView);
  await until(async () => (await client.get(`/v1/campaigns/${id}`, campaignView)).state === "in_review");
  const { contentHash, audienceSize } = await client.get(`/v1/campaigns/${id}/preflight`, preflightView);
  await client.post(`/v1/campaigns/${id}/approve`, { contentHash, audienceSize }, approvalView);
  await client.post(`/v1/campaigns/${id}/schedule`, { at: "now" }, campaignView);
  return id;
}

export async function untilFinished({ client }: TestPlace, campaignId: string): Promise<void> {
  await until(async () => {
    const { items } = await client.get(`/v1/campaigns/${campaignId}/runs`, runList);
    return items[0]?.state === "finished";
  });
}

/** Looks again and again, for a minute and a half. */
export async function until(look: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 90_000; performance.now() < end; await sleep(200)) if (await look()) return;
  throw new Error(`It has not come to pass within 90 s: ${look}`);
}
