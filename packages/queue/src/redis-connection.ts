/** The queue in Redis or Valkey. Its contents may vanish at any time: the ledger is elsewhere. */
import { Queue, Worker } from "bullmq";
import { Redis, type RedisOptions } from "ioredis";
import type { Connection, OpenQueue, Role } from "./connect.ts";
import type { QueueName } from "./define-job.ts";
import { eventsKept } from "./keep.ts";
import { within } from "./within.ts";
import { readyWorker, workerOptions } from "./worker.ts";

const closeWithinMs = 1_000;
const readyWithinMs = 2_000;

/** Back within two seconds of the server, and not all workers in the same instant. ioredis and BullMQ wait up to 20 s. */
const retryStrategy = (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 6), 1_800) + Math.random() * 200;

/** After a failover the old primary refuses writes on a connection that looks healthy: leave it. */
const leaveReplica = (error: Error) => (error.message.startsWith("READONLY") ? 1 : false);

const options: { readonly [R in Role]: Omit<RedisOptions, "replyMapping"> } = {
  produce: {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    // A command without an answer is a dead line; a commandTimeout would give up the command and keep the line.
    socketTimeout: 2_000,
    retryStrategy,
    reconnectOnError: leaveReplica,
  },
  consume: {
    maxRetriesPerRequest: null,
    connectTimeout: 5_000,
    // A worker's blocking read answers within 5 s even when nothing comes: longer silence is a dead line.
    socketTimeout: 12_000,
    retryStrategy,
    reconnectOnError: leaveReplica,
  },
};

/** TLS by `rediss://`, an ACL user by `redis://user:password@…`, a database number by path. */
export function openRedis(address: { url: string; prefix: string }, role: Role): Connection {
  const client = new Redis(address.url, options[role]);
  const ready = watchReadiness(client);
  const queues = new Map<QueueName, OpenQueue>();
  return {
    async queue(name) {
      await ready();
      const opened = queues.get(name) ?? openQueue(client, { name, prefix: address.prefix });
      queues.set(name, opened);
      return opened;
    },
    async worker(name, settings) {
      await ready();
      const { prefix } = address;
      const how = { ...workerOptions, connection: client, prefix, concurrency: settings.concurrency };
      return readyWorker(new Worker(name, settings.process, how), settings);
    },
    async close() {
      if (client.status === "ready") await within(closeWithinMs, client.quit(), "QUIT").catch(() => {});
      client.disconnect();
    },
  };
}

/**
 * A question to ask before each use: resolves when the client is connected, rejects with the reason when it is known not
 * to be. All who ask during one attempt to connect wait for that one attempt.
 */
function watchReadiness(client: Redis): () => Promise<void> {
  let reason = new Error("not connected to Redis");
  client.on("error", (error: Error) => {
    reason = error;
  });
  let attempt: Promise<void> | null = null;
  const endOfAttempt = () =>
    new Promise<void>((resolve) => {
      const end = () => {
        client.off("ready", end);
        client.off("close", end);
        attempt = null;
        resolve();
      };
      client.on("ready", end);
      client.on("close", end);
    });
  return async () => {
    if (isReady(client)) return;
    if (client.status === "reconnecting" || client.status === "end") throw reason;
    attempt ??= endOfAttempt();
    await within(readyWithinMs, attempt, "connecting to Redis");
    if (!isReady(client)) throw reason;
  };
}

/** A call, so that the compiler does not take a status read before a wait for the status after it. */
const isReady = (client: Redis): boolean => client.status === "ready";

function openQueue(client: Redis, of: { name: QueueName; prefix: string }): OpenQueue {
  const queue = new Queue<unknown>(of.name, {
    connection: client,
    prefix: of.prefix,
    streams: eventsKept,
    // Without these two a queue opened in an outage would wait for it to end, and then fail for ever.
    skipWaitingForReady: true,
    skipVersionCheck: true,
  });
  // Every call answers for itself; an error without a listener would end the process.
  queue.on("error", () => {});
  return queue;
}
