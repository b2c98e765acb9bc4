/** A queue of its own for each test of this package: a database on the test PostgreSQL, or a prefix on the test Redis. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createPostgresBackend, Queue, withBackend } from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";
import { migrateQueue } from "./connect.ts";
import type { QueueName } from "./define-job.ts";
import { type Line, openLine } from "./test-line.ts";

export type Home = {
  readonly url: string;
  /** Loses every job, as FLUSHALL or a restore would. */
  wipe(): Promise<void>;
  /** Pauses a queue as an operator's tool would. */
  pause(queue: QueueName): Promise<void>;
  /** The same queue by way of a line that can break. */
  byLine(): Promise<{ url: string; line: Line }>;
  close(): Promise<void>;
};

export type Backend = { readonly name: "PostgreSQL" | "Redis"; openHome(of?: { isEmpty: boolean }): Promise<Home> };

const { Queue: PostgresQueue } = withBackend(createPostgresBackend);
const newName = () => `queue_${randomBytes(6).toString("hex")}`;

/** `serverUrl` must be allowed to create databases. `isEmpty` leaves the queue's tables out. */
export function onPostgres(serverUrl: string): Backend {
  return {
    name: "PostgreSQL",
    async openHome({ isEmpty } = { isEmpty: false }) {
      const name = newName();
      await runSql(serverUrl, `create database ${name}`);
      const url = new URL(serverUrl);
      url.pathname = `/${name}`;
      if (!isEmpty) await migrateQueue(url.href);
      const lines: Line[] = [];
      return {
        url: url.href,
        async wipe() {
          await untilNoDeadlock(() => runSql(url.href, "truncate bullmq.job, bullmq.meta, bullmq.event cascade"));
        },
        pause: (queue) => pauseAndClose(new PostgresQueue(queue, { connection: url.href })),
        byLine: () => lineTo(url, { port: 5432, lines }),
        async close() {
          const left = await leftOpen(serverUrl, name);
          await Promise.all(lines.map((line) => line.close()));
          await runSql(serverUrl, `drop database ${name} with (force)`);
          if (left > 0) throw new Error(`the test left ${left} connections to PostgreSQL open`);
        },
      };
    },
  };
}

export function onRedis(serverUrl: string): Backend {
  return {
    name: "Redis",
    async openHome() {
      const url = new URL(serverUrl);
      const prefix = newName();
      url.searchParams.set("prefix", prefix);
      const lines: Line[] = [];
      const wipe = () => deleteKeys(serverUrl, `${prefix}:*`);
      return {
        url: url.href,
        wipe,
        pause: (queue) => pauseAndClose(new Queue(queue, { connection: { url: serverUrl }, prefix })),
        byLine: () => lineTo(url, { port: 6379, lines }),
        async close() {
          await Promise.all(lines.map((line) => line.close()));
          await wipe();
        },
      };
    },
  };
}

/** A worker that fetches at the same moment takes the same tables in another order, and PostgreSQL ends one of the two. */
async function untilNoDeadlock(wipe: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    const error = await wipe().then(
      () => null,
      (reason: unknown) => reason,
    );
    if (error === null) return;
    const isDeadlock = error instanceof Error && "code" in error && error.code === "40P01";
    if (!isDeadlock || tries === 5) throw error;
  }
}

async function pauseAndClose(queue: { pause(): Promise<void>; close(): Promise<void> }): Promise<void> {
  await queue.pause();
  await queue.close();
}

async function lineTo(url: URL, of: { port: number; lines: Line[] }): Promise<{ url: string; line: Line }> {
  const line = await openLine({ host: url.hostname, port: Number(url.port || of.port) });
  of.lines.push(line);
  const byLine = new URL(url);
  byLine.hostname = "127.0.0.1";
  byLine.port = String(line.port);
  return { url: byLine.href, line };
}

async function runSql(url: string, sql: string, values: string[] = []): Promise<{ [column: string]: unknown }[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** How many connections a database still has, once those just closed have had a moment to end. */
async function leftOpen(serverUrl: string, database: string): Promise<number> {
  let open = await countConnections(serverUrl, database);
  for (let tries = 0; open > 0 && tries < 60; tries++) {
    await sleep(50);
    open = await countConnections(serverUrl, database);
  }
  return open;
}

/** Client connections of one database of the server. */
async function countConnections(serverUrl: string, database: string): Promise<number> {
  const [row] = await runSql(
    serverUrl,
    "select count(*)::int as open from pg_stat_activity where datname = $1 and backend_type = 'client backend'",
    [database],
  );
  return Number(row?.open);
}

async function deleteKeys(url: string, pattern: string): Promise<void> {
  const client = new Redis(url);
  try {
    for await (const keys of client.scanStream({ match: pattern, count: 1_000 })) {
      if (Array.isArray(keys) && keys.length > 0) await client.unlink(...keys.map(String));
    }
  } finally {
    client.disconnect();
  }
}
