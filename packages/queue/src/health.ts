/** What a start and a /readyz want to know of the queue's backend before trusting it. */
import { assertSchemaCompatibility } from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";
import { readQueueUrl } from "./connect.ts";
import { queueSchema } from "./postgres-connection.ts";
import { textOf, within } from "./within.ts";

export type QueueInspection = {
  readonly backend: "postgres" | "redis";
  /** As the server names itself: "PostgreSQL 18.4", "Redis 7.0.15", "Valkey 8.1.0"; "unknown" when it did not say. */
  readonly version: string;
  /** Sentences for a person. */
  readonly warnings: readonly string[];
  /** False: jobs will not run until the first warning is seen to. */
  readonly usable: boolean;
};

const inspectWithinMs = 5_000;
const connectWithinMs = 2_000;
/** On PostgreSQL BullMQ judges locks by each worker's own clock: one 120 s fast took over a live job. */
export const mostClockSkewMs = 2_000;
const oldestRedis = { major: 6, minor: 2 };

/** Looks over a connection of its own, within about 5 s. Throws only when QUEUE_URL names no backend. */
export async function inspectQueue(url: string): Promise<QueueInspection> {
  const address = readQueueUrl(url);
  const inspection = address.is === "postgres" ? inspectPostgres(address.url) : inspectRedis(address.url);
  try {
    return await within(inspectWithinMs, inspection, `asking ${address.is} about the queue`);
  } catch (error) {
    return {
      backend: address.is,
      version: "unknown",
      warnings: [`the queue cannot be reached: ${textOf(error)}`],
      usable: false,
    };
  }
}

async function inspectPostgres(url: string): Promise<QueueInspection> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectWithinMs,
    query_timeout: connectWithinMs,
  });
  client.on("error", () => {});
  await client.connect();
  try {
    const skewMs = await clockSkew(client);
    const { rows } = await client.query<{ version: string }>("select current_setting('server_version') as version");
    const version = `PostgreSQL ${rows[0]?.version ?? "unknown"}`;
    const schema = await assertSchemaCompatibility(client, queueSchema).then(
      () => null,
      (error: unknown) => `the queue's tables: ${textOf(error)}`,
    );
    const clock =
      skewMs > mostClockSkewMs
        ? `this machine's clock and PostgreSQL's are at least ${Math.floor(skewMs)} ms apart: workers would take jobs from each other; set both by NTP`
        : null;
    const warnings = [schema, clock].filter((warning) => warning !== null);
    return { backend: "postgres", version, warnings, usable: warnings.length === 0 };
  } finally {
    await client.end().catch(() => {});
  }
}

/** How far apart the clocks are at least, in milliseconds, allowing for the time the question took. */
async function clockSkew(client: pg.Client): Promise<number> {
  const askedAt = Date.now();
  const { rows } = await client.query<{ at: number }>(
    "select (extract(epoch from clock_timestamp()) * 1000)::float8 as at",
  );
  const answeredAt = Date.now();
  const at = rows[0]?.at ?? askedAt;
  return Math.max(askedAt - at, at - answeredAt, 0);
}

async function inspectRedis(url: string): Promise<QueueInspection> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: connectWithinMs,
    commandTimeout: connectWithinMs,
    retryStrategy: () => null,
  });
  let reason: Error | null = null;
  client.on("error", (error: Error) => {
    reason = error;
  });
  try {
    await client.connect().catch((error: unknown) => {
      throw reason ?? error;
    });
    const info = readInfo(await client.info().catch(() => ""));
    const policy = info.get("maxmemory_policy") ?? (await readPolicy(client));
    return judgeRedis(info, policy);
  } finally {
    client.disconnect();
  }
}

/** INFO's `name:value` lines. */
function readInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const colon = line.indexOf(":");
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1)] as const] : [];
    }),
  );
}

/** Null where CONFIG is refused, as managed Redis and narrow ACLs do. */
async function readPolicy(client: Redis): Promise<string | null> {
  const reply: unknown = await client.config("GET", "maxmemory-policy").catch(() => null);
  return Array.isArray(reply) && typeof reply[1] === "string" ? reply[1] : null;
}

/** Exported for its table of cases; `policy` is null when the server would not say. */
export function judgeRedis(info: ReadonlyMap<string, string>, policy: string | null): QueueInspection {
  const compatible = info.get("redis_version");
  const valkey = info.get("valkey_version");
  const blocking: string[] = [];
  const advice: string[] = [];
  if (compatible === undefined)
    advice.push("the server would not tell its version (INFO refused); 6.2 or newer is needed");
  else if (isOlder(compatible)) blocking.push(`Redis ${compatible} is too old: 6.2 or newer is needed`);
  if (info.get("redis_mode") === "cluster")
    blocking.push("this is a Redis Cluster: use a single primary, with replicas if you like");
  if (info.get("role") === "slave") blocking.push("this is a read-only replica: QUEUE_URL must lead to the primary");
  if (policy === null) advice.push("maxmemory-policy could not be read (CONFIG refused); it must be noeviction");
  else if (policy !== "noeviction") {
    advice.push(
      `maxmemory-policy is ${policy}: under memory pressure jobs vanish until the sweep knocks again; set it to noeviction`,
    );
  }
  const version = valkey ? `Valkey ${valkey}` : compatible ? `Redis ${compatible}` : "unknown";
  return { backend: "redis", version, warnings: [...blocking, ...advice], usable: blocking.length === 0 };
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < oldestRedis.major || (major === oldestRedis.major && minor < oldestRedis.minor);
}
