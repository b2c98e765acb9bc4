/** Where the queue lives: PostgreSQL or Redis, by URL. The rest of the package sees only a Connection. */
import type { JobsOptions } from "bullmq";
import type { QueueName } from "./define-job.ts";
import { migratePostgres, openPostgres } from "./postgres-connection.ts";
import { openRedis } from "./redis-connection.ts";
import type { OpenWorker, WorkerSettings } from "./worker.ts";

/** "produce" gives up within two seconds, for whoever knocks is serving someone; "consume" waits for its backend to return. */
export type Role = "produce" | "consume";

/** As much of a BullMQ queue as this package uses. */
export type OpenQueue = {
  add(name: string, payload: unknown, options: JobsOptions): Promise<unknown>;
  getJobCounts(...states: string[]): Promise<{ [state: string]: number }>;
  isPaused(): Promise<boolean>;
};

export type Connection = {
  /** The queue of that name, opened once. Rejects while the backend cannot be used. */
  queue(name: QueueName): Promise<OpenQueue>;
  /** A new worker, ready but not yet running. Rejects while the backend cannot be used. */
  worker(name: QueueName, settings: WorkerSettings): Promise<OpenWorker>;
  /** Lets go of every connection; queues and workers are unusable afterwards. Bounded. */
  close(): Promise<void>;
};

export type QueueAddress =
  | { readonly is: "postgres"; readonly url: string }
  /** Two installations may share a Redis: `?prefix=` keeps their keys apart. */
  | { readonly is: "redis"; readonly url: string; readonly prefix: string };

/** BullMQ separates the parts of its keys with colons and wraps cluster slots in braces. */
const safePrefix = /^[A-Za-z0-9_-]{1,64}$/;

/** Reads QUEUE_URL. Throws when it names neither backend; the text never repeats the URL, which holds a password. */
export function readQueueUrl(text: string): QueueAddress {
  if (!URL.canParse(text)) throw new Error("QUEUE_URL is not a URL: expected postgres://… or redis://…");
  const url = new URL(text);
  if (url.protocol === "postgres:" || url.protocol === "postgresql:") return { is: "postgres", url: text };
  if (url.protocol !== "redis:" && url.protocol !== "rediss:") {
    throw new Error(
      `QUEUE_URL starts with ${url.protocol}// but the queue lives in PostgreSQL (postgres://…) or Redis (redis://… or rediss://…)`,
    );
  }
  const prefix = url.searchParams.get("prefix") ?? "chorus";
  if (!safePrefix.test(prefix)) throw new Error("QUEUE_URL: prefix may hold only letters, digits, _ and -");
  url.searchParams.delete("prefix");
  return { is: "redis", url: url.href, prefix };
}

/** Opens nothing yet that can fail: connections are made when they are first needed, and again after an outage. */
export function openConnection(url: string, role: Role): Connection {
  const address = readQueueUrl(url);
  switch (address.is) {
    case "postgres":
      return openPostgres(address.url, role);
    case "redis":
      return openRedis(address, role);
  }
}

/** Prepares the backend for this release: PostgreSQL's tables, nothing on Redis. For the deploy step; safe to repeat. */
export async function migrateQueue(url: string): Promise<void> {
  const address = readQueueUrl(url);
  if (address.is === "postgres") await migratePostgres(address.url);
}
