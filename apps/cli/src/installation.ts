/**
 * A whole Chorus on this machine: PostgreSQL, sandbox, API and worker, started in this order and stopped in the
 * opposite one. Whatever fails on the way, nothing is left running.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { channels } from "@chorus/channels/registry";
import { claimFolder } from "@chorus/db/claim";
import { dropDatabase } from "@chorus/db/drop-database";
import { startEmbeddedPostgres } from "@chorus/db/embedded";
import { migrate } from "@chorus/db/migrate";
import { type Db, openDb } from "@chorus/db/open";
import { migrateQueue } from "@chorus/queue/connect";
import { z } from "zod";
import type { Halt } from "./halt.ts";
import { keepProcess } from "./keep-process.ts";
import type { RunningProcess, Wanted } from "./processes.ts";
import { chooseProviders, type Providers, sandboxAccounts } from "./providers.ts";
import { root, type Settings } from "./settings.ts";
import { freshFolder, installationKey, keptFolder, noteSession } from "./state-folder.ts";

export type Installation = {
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  /** Holds the sandbox's wire log. */
  readonly sandboxFolder: string;
  readonly key: Uint8Array;
  readonly db: Db;
  readonly providers: Providers;
};

type Opening = {
  readonly command: "demo" | "up";
  readonly settings: Settings;
  readonly halt: Halt;
  readonly say: (line: string) => void;
};
type Undo = { add(step: () => Promise<void> | void): void };

const databases = { demo: "chorus_demo", up: "chorus" } as const;

/** Opens an installation, hands it to `use`, and closes it again however that ends. */
export async function withInstallation<T>(of: Opening, use: (installation: Installation) => Promise<T>): Promise<T> {
  const steps: (() => Promise<void> | void)[] = [];
  try {
    return await use(await open(of, { add: (step) => steps.push(step) }));
  } catch (error) {
    throw of.halt.signal.aborted ? of.halt.signal.reason : error;
  } finally {
    for (const step of steps.reverse()) await step();
  }
}

async function open(of: Opening, undo: Undo): Promise<Installation> {
  const { command, settings } = of;
  const folder = keptFolder(settings.CHORUS_HOME);
  undo.add(claimFolder(folder));
  const key = settings.CHORUS_KEY ?? installationKey(folder);
  const databaseUrl = await openDatabase(of, undo);
  const queueUrl = ownQueue(settings.QUEUE_URL ?? databaseUrl, `${folder} ${command}`);
  await migrateQueue(queueUrl);
  const sandboxFolder = join(folder, command, "sandbox");
  if (command === "demo") freshFolder(sandboxFolder);
  const sandbox = await start(of, undo, {
    name: "sandbox",
    main: join(root, "packages/sandbox/src/start.ts"),
    env: { ...sandboxAccounts(settings), SANDBOX_FOLDER: sandboxFolder },
    ready: z.object({ event: z.literal("sandbox.ready"), smtp: z.string(), http: z.string() }),
  });
  const providers = chooseProviders({ settings, sandbox: sandbox.ready, staysHere: command === "demo" });
  const env = {
    ...providers.environment,
    ...{ DATABASE_URL: databaseUrl, QUEUE_URL: queueUrl, CHORUS_KEY: key, LOG_LEVEL: settings.LOG_LEVEL },
    ...{ API_HOST: settings.API_HOST, API_PORT: String(settings.API_PORT) },
  };
  const api = await start(of, undo, {
    name: "api",
    main: join(root, "apps/api/src/start.ts"),
    env: settings.PUBLIC_URL ? { ...env, PUBLIC_URL: settings.PUBLIC_URL } : env,
    ready: z.object({ event: z.literal("api.ready"), url: z.string() }),
  });
  await start(of, undo, {
    name: "worker",
    main: join(root, "apps/worker/src/start.ts"),
    env: {
      ...env,
      PUBLIC_URL: settings.PUBLIC_URL ?? api.ready.url,
      WORKER_HIGH_WATER_FILE: join(keptFolder(join(folder, command)), "high-water.json"),
      WORKER_GATE_FOLDER: keptFolder(join(folder, command, "gates")),
    },
    ready: z.object({ event: z.literal("worker.ready") }),
  });
  const db = await openDb({ url: databaseUrl, channels: channels.map((channel) => channel.id), connections: 2 });
  undo.add(() => db.close());
  noteSession(folder, {
    command,
    databaseUrl,
    databaseName: databases[command],
    isEmbedded: settings.DATABASE_URL === undefined,
    apiUrl: api.ready.url,
    sandboxFolder,
    sandboxChannels: [...providers.sandboxChannels],
  });
  const installed = { apiUrl: api.ready.url, sandboxUrl: sandbox.ready.http, sandboxFolder, db, providers };
  return { ...installed, key: Buffer.from(key, "base64") };
}

/** A server of one's own, or the embedded one; the demo's database is made anew. Answers the migrated database's URL. */
async function openDatabase({ command, settings, halt, say }: Opening, undo: Undo): Promise<string> {
  const url = settings.DATABASE_URL
    ? databaseBeside(settings.DATABASE_URL, command)
    : await openEmbedded({ folder: settings.CHORUS_HOME, name: databases[command], say }, undo);
  halt.signal.throwIfAborted();
  if (command === "demo") await dropDatabase(url);
  const { applied } = await migrate(url);
  say(applied.length > 0 ? `database ready, ${applied.length} migrations applied` : "database ready");
  return url;
}

export async function openEmbedded(
  of: { folder: string; name: string; say: (line: string) => void },
  undo: Undo,
): Promise<string> {
  const postgres = await startEmbeddedPostgres({ folder: join(of.folder, "postgres"), onLog: of.say });
  undo.add(() => postgres.stop());
  const url = new URL(postgres.url);
  url.pathname = `/${of.name}`;
  return url.href;
}

/** The demo never resets the database it was given the URL of, but makes one beside it. */
export function databaseBeside(given: string, command: "demo" | "up"): string {
  const url = new URL(given);
  const name = decodeURIComponent(url.pathname.slice(1)) || "chorus";
  url.pathname = `/${command === "up" || name.endsWith("_demo") ? name : `${name}_demo`}`;
  return url.href;
}

/** Two installations may share a Redis; each keeps its keys under a prefix of its own, unless the URL names one. */
export function ownQueue(queueUrl: string, installation: string): string {
  const url = new URL(queueUrl);
  if (!url.protocol.startsWith("redis") || url.searchParams.has("prefix")) return queueUrl;
  url.searchParams.set("prefix", `chorus-${createHash("sha256").update(installation).digest("hex").slice(0, 12)}`);
  return url.href;
}

async function start<Ready>(
  { settings, halt, say }: Opening,
  undo: Undo,
  wanted: Omit<Wanted<Ready>, "logFile">,
): Promise<RunningProcess<Ready>> {
  const logFile = join(settings.CHORUS_HOME, "logs", `${wanted.name}.log`);
  const running = await keepProcess({ ...wanted, logFile }, { halt, say });
  halt.onSecond(running.kill);
  undo.add(running.stop);
  say(`${wanted.name} ready (process ${running.pid})`);
  return running;
}
