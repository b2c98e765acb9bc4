/** The queue in PostgreSQL, in a schema of its own beside the product's tables. */
import {
  assertSchemaCompatibility,
  createPostgresBackend,
  isPgPool,
  type PgPool,
  runMigrations,
  withBackend,
} from "bullmq";
import pg from "pg";
import type { Connection, OpenQueue, Role } from "./connect.ts";
import { type QueueName, queueNames } from "./define-job.ts";
import { eventsKept } from "./keep.ts";
import { within } from "./within.ts";
import { readyWorker, workerOptions } from "./worker.ts";

export const queueSchema = "bullmq";

const { Queue, Worker } = withBackend(createPostgresBackend);

/**
 * The connection budget of one process: at most 2 for a producer; for a consumer one that listens per queue, one more
 * per queue while its worker is being replaced, and always at least 2 for queries. BullMQ's own pools took 40 idle
 * connections for ten queues.
 */
const poolSize: { readonly [R in Role]: number } = { produce: 2, consume: 2 * queueNames.length + 2 };
/** How long one connect or one query may take before its connection is given up. */
const patienceMs: { readonly [R in Role]: number } = { produce: 2_000, consume: 5_000 };
const closeWithinMs = 2_000;

/** LISTEN needs a session of its own, so `url` must lead to PostgreSQL itself, not to a transaction pooler. */
export function openPostgres(url: string, role: Role): Connection {
  const pool = new pg.Pool({
    ...sessionOf(url),
    application_name: `chorus-queue-${role}`,
    max: poolSize[role],
    connectionTimeoutMillis: patienceMs[role],
    query_timeout: patienceMs[role],
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // Each queue and worker listens for the pool's errors too. An idle connection that drops is simply replaced.
  pool.setMaxListeners(0);
  pool.on("error", () => {});
  // One that drops in use, between two statements, would else end the process.
  pool.on("connect", (client) => client.on("error", () => {}));
  const connection = asBullPool(pool);
  const queues = new Map<QueueName, Promise<OpenQueue>>();
  return {
    queue(name) {
      const opened = queues.get(name) ?? openQueue(connection, name);
      queues.set(name, opened);
      // BullMQ remembers a failed start for ever; forget the queue instead, so that the next knock tries anew.
      opened.catch(() => queues.delete(name));
      return opened;
    },
    async worker(name, settings) {
      await assertSchemaCompatibility(pool, queueSchema);
      const options = { ...workerOptions, connection, concurrency: settings.concurrency };
      return readyWorker(new Worker(name, settings.process, options), settings);
    },
    close: () => within(closeWithinMs, pool.end(), "closing the queue's connections").catch(() => {}),
  };
}

/** Creates or brings up to date the queue's tables. The deploy step calls it; it waits for others doing the same. */
export async function migratePostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: patienceMs.consume });
  client.on("error", () => {});
  await client.connect();
  try {
    await runMigrations(client, queueSchema);
  } finally {
    await client.end();
  }
}

/**
 * BullMQ's SQL names its tables without their schema, so the session must. A job may be lost, so no knock waits for the
 * disk. Options in the URL would replace ours as a whole: they are joined instead.
 */
function sessionOf(url: string): { connectionString: string; options: string } {
  const ours = `-c search_path=${queueSchema} -c synchronous_commit=off`;
  const parsed = new URL(url);
  const theirs = parsed.searchParams.get("options");
  if (theirs === null) return { connectionString: url, options: ours };
  parsed.searchParams.delete("options");
  return { connectionString: parsed.href, options: `${theirs} ${ours}` };
}

async function openQueue(connection: PgPool, name: QueueName): Promise<OpenQueue> {
  await assertSchemaCompatibility(connection, queueSchema);
  const queue = new Queue<unknown>(name, { connection, streams: eventsKept });
  // Every call answers for itself; an error without a listener would end the process.
  queue.on("error", () => {});
  await queue.waitUntilReady();
  return queue;
}

/** A pg.Pool is what BullMQ asks for, but its type declarations and pg's word the same events differently. */
function asBullPool(pool: unknown): PgPool {
  if (!isPgPool(pool)) throw new Error("BullMQ does not recognise this version of pg");
  return pool;
}
