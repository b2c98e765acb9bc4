/** Everything that a queue's backend holds, as text, for tests that look for what must not be in it. */
import { Redis } from "ioredis";
import pg from "pg";
import { readQueueUrl } from "./connect.ts";
import { queueSchema } from "./postgres-connection.ts";

export type QueueTap = {
  /** All that was said to it since (Redis), or all that was seen to be there (PostgreSQL), and all that is there now. */
  read(): Promise<string>;
  close(): Promise<void>;
};

const lookEveryMs = 100;

/** Jobs come and go within milliseconds: Redis tells every command it is given, PostgreSQL is looked at again and again. */
export function tapQueue(url: string): Promise<QueueTap> {
  const address = readQueueUrl(url);
  return address.is === "redis" ? tapRedis(address.url) : tapPostgres(address.url);
}

async function tapRedis(url: string): Promise<QueueTap> {
  const client = new Redis(url);
  const monitor = await client.monitor();
  const commands: string[] = [];
  monitor.on("monitor", (_time: string, parts: string[]) => commands.push(parts.join(" ")));
  return {
    read: async () => [...new Set(commands), await dumpRedis(client)].join("\n"),
    async close() {
      monitor.disconnect();
      client.disconnect();
    },
  };
}

async function dumpRedis(client: Redis): Promise<string> {
  const lines: string[] = [];
  let cursor = "0";
  do {
    const [next, keys] = await client.scan(cursor, "COUNT", 500);
    for (const key of keys) lines.push(key, JSON.stringify(await storedAt(client, key)));
    cursor = next;
  } while (cursor !== "0");
  return lines.join("\n");
}

async function storedAt(client: Redis, key: string): Promise<unknown> {
  switch (await client.type(key)) {
    case "string":
      return client.get(key);
    case "hash":
      return client.hgetall(key);
    case "list":
      return client.lrange(key, 0, -1);
    case "set":
      return client.smembers(key);
    case "zset":
      return client.zrange(key, "0", "-1");
    case "stream":
      return client.xrange(key, "-", "+");
    default:
      throw new Error(`${key} is of a type that is not read here.`);
  }
}

async function tapPostgres(url: string): Promise<QueueTap> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = $1",
    [queueSchema],
  );
  const seen = new Set<string>();
  const look = async () => {
    for (const { name } of tables) {
      const { rows } = await client.query<{ line: string }>(`select t::text as line from ${name} t`);
      for (const { line } of rows) seen.add(line);
    }
  };
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, lookEveryMs);
  return {
    async read() {
      looking = looking.then(look);
      await looking;
      return [...seen].join("\n");
    },
    async close() {
      clearInterval(timer);
      await looking;
      await client.end();
    },
  };
}
