/** Chorus as it runs: an API and workers, each a process of its own, on a database and a queue that are there. */
import { join } from "node:path";
import { type Client, openClient } from "@chorus/cli/client";
import { type RunningProcess, startProcess } from "@chorus/cli/processes";
import { root } from "@chorus/cli/settings";
import { migrateQueue } from "@chorus/queue/connect";
import { z } from "zod";
import type { House } from "./house.ts";

export type Wish = {
  readonly databaseUrl: string;
  readonly queueUrl: string;
  /** The installation's, in base64. */
  readonly key: string;
  /** Whose accounts carry: SMTP_URL and its kin. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly workers: number;
  readonly nodeOptions?: string | undefined;
};

export type Installation = {
  readonly apiUrl: string;
  readonly apiPid: number;
  readonly workerPids: readonly number[];
  client(key: string): Client;
  stop(): Promise<void>;
};

const apiReady = z.object({ event: z.literal("api.ready"), url: z.string() });
const workerReady = z.object({ event: z.literal("worker.ready") });
let started = 0;

export async function startChorus(house: House, of: Wish): Promise<Installation> {
  await migrateQueue(of.queueUrl);
  const signal = house.halt.signal;
  const running: RunningProcess[] = [];
  const start = async <Ready>(name: string, env: Record<string, string>, ready: z.ZodType<Ready>) => {
    const main = join(root, `apps/${name}/src/start.ts`);
    const process = await startProcess(
      { name, main, env, ready, logFile: join(house.folder, `${name}-${started++}.log`) },
      signal,
    );
    running.push(process);
    house.undo(process.kill);
    house.halt.onSecond(process.kill);
    return process;
  };
  const env = {
    ...of.accounts,
    ...{ DATABASE_URL: of.databaseUrl, QUEUE_URL: of.queueUrl, CHORUS_KEY: of.key },
    ...{ LOG_LEVEL: "warn", API_RATE_LIMIT: "10000000" },
  };
  const api = await start("api", env, apiReady);
  const workerEnv = { ...env, PUBLIC_URL: api.ready.url, ...(of.nodeOptions ? { NODE_OPTIONS: of.nodeOptions } : {}) };
  for (let n = 0; n < of.workers; n++) await start("worker", workerEnv, workerReady);
  return {
    apiUrl: api.ready.url,
    apiPid: api.pid,
    workerPids: running.filter(({ name }) => name === "worker").map(({ pid }) => pid),
    client: (key) => openClient({ url: api.ready.url, key, signal }),
    async stop() {
      for (const process of running.reverse()) await process.stop();
    },
  };
}
