/** Opens PostgreSQL: the Prisma client for ordinary reads and writes, a plain pool for the ledger and bulk work. */
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "./generated/client.ts";

/** Channels are words in code and narrow numbers in the ledger; this is the only place that knows both. */
export type ChannelNumbers = {
  /** Throws on a channel this installation does not have. */
  noOf(channel: string): number;
  idOf(no: number): string;
};

export type Db = {
  readonly url: string;
  readonly sql: pg.Pool;
  /** For the statements that every message passes, on its way in and out: long ones cannot keep them waiting. They are prepared, and their plans do not follow the statistics. */
  readonly ledger: pg.Pool;
  /** Its first query takes some 80 MiB and half a second: nothing that sends may ask it. */
  readonly prisma: PrismaClient;
  readonly channels: ChannelNumbers;
  close(): Promise<void>;
};

/** Something that runs SQL: the pool, or one connection inside a transaction. */
export type Sql = { query: pg.Pool["query"] };

export type OpenDb = {
  url: string;
  /** Ids of the channels in the registry; new ones get their number here. */
  channels: readonly string[];
  /** Upper bound of the pool's connections; the Prisma client has a small pool of its own beside it. */
  connections?: number;
  /**
   * A statement without an answer for so long is given up, and its connection with it: a line that has gone dead says
   * nothing by itself. 30 s when not set.
   */
  answerWithinMs?: number;
  onError?: (error: Error) => void;
};

const prismaConnections = 5;
const ledgerConnections = 4;
/**
 * Planning a ledger statement takes as long as running it for fifty messages, so it is planned once for each connection.
 * Such a plan may be made while the tables are all but empty, and must still be right for a million rows: it may only
 * walk indexes.
 */
const indexesOnly =
  "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";
const connectWithinMs = 5_000;
const usualAnswerWithinMs = 30_000;
const rollbackWithinMs = 1_000;

export async function openDb(of: OpenDb): Promise<Db> {
  const { url, channels, connections = 10, answerWithinMs = usualAnswerWithinMs } = of;
  const line = {
    connectionString: url,
    connectionTimeoutMillis: connectWithinMs,
    query_timeout: answerWithinMs,
    keepAlive: true,
  };
  const onError = of.onError ?? (() => {});
  const sql = openPool({ ...line, max: connections }, onError);
  const ledger = openPool({ ...line, max: ledgerConnections, options: indexesOnly, pipeline: true }, onError);
  const ownPool = openPool({ ...line, max: prismaConnections }, onError);
  const prisma = new PrismaClient({ adapter: new PrismaPg(ownPool, { disposeExternalPool: true }) });
  const close = async () => {
    await Promise.all([sql.end(), ledger.end(), prisma.$disconnect()]);
  };
  try {
    return { url, sql, ledger, prisma, channels: await numberChannels(sql, channels), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A connection that breaks is replaced. One that breaks in use, between two statements, would else end the process. */
function openPool(config: pg.PoolConfig, onError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on("error", onError);
  pool.on("connect", (client) => client.on("error", () => {})); // its next statement fails, and says why
  return pool;
}

async function numberChannels(sql: pg.Pool, ids: readonly string[]): Promise<ChannelNumbers> {
  await sql.query(
    `insert into channel (id) select id from unnest($1::text[]) as wanted(id)
      where not exists (select 1 from channel c where c.id = wanted.id) on conflict (id) do nothing`,
    [ids],
  );
  const { rows } = await sql.query<{ no: number; id: string }>("select no, id from channel");
  const numbers = new Map(rows.map((row) => [row.id, row.no]));
  const names = new Map(rows.map((row) => [row.no, row.id]));
  return {
    noOf: (channel) => known(numbers.get(channel), `channel "${channel}"`),
    idOf: (no) => known(names.get(no), `channel number ${no}`),
  };
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`This database does not know ${what}.`);
  return value;
}

/** Runs `work` in one transaction on one connection; an exception rolls it back. */
export async function inTransaction<T>(db: Pick<Db, "sql">, work: (sql: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await db.sql.connect();
  let isUsable = true;
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    isUsable = await rollBack(client); // the connection itself may be what broke
    throw error;
  } finally {
    client.release(!isUsable);
  }
}

/**
 * One transaction in one round trip: no statement waits for the answer of the one before. For a pool that pipelines. Throws what
 * the first that failed did; then nothing of them stays, for PostgreSQL commits no transaction in which something failed.
 */
export async function inOneBreath(pool: pg.Pool, statements: readonly pg.QueryConfig[]): Promise<void> {
  await inOneTrip(pool, [{ text: "begin" }, ...statements, { text: "commit" }]);
}

/** Statements in one round trip, each on its own and after the one before: it sees what that one committed. Throws what the first that failed did. */
export async function inOneTrip(pool: pg.Pool, statements: readonly pg.QueryConfig[]): Promise<pg.QueryResult[]> {
  const client = await pool.connect();
  const { stream } = client.connection;
  stream.cork();
  const answers = statements.map((statement) => client.query(statement));
  stream.uncork();
  const settled = await Promise.allSettled(answers);
  client.release(settled.at(-1)?.status === "rejected"); // unanswered: the connection is what broke
  return settled.map((each) => {
    if (each.status === "rejected") throw each.reason;
    return each.value;
  });
}

async function rollBack(client: pg.PoolClient): Promise<boolean> {
  return await client.query(answeredWithin(rollbackWithinMs, "rollback")).then(
    () => true,
    () => false,
  );
}

/**
 * By how many milliseconds this machine's clock is ahead of PostgreSQL's, at least; negative when it is behind. What the
 * question's own way may explain counts as none. A test's shift of `chorus_now()` is no skew.
 */
export async function readClockSkew(sql: Sql): Promise<number> {
  const askedAt = Date.now();
  const { rows } = await sql.query<{ at: number }>(
    "select (extract(epoch from clock_timestamp()) * 1000)::float8 as at",
  );
  const answeredAt = Date.now();
  const at = rows[0]?.at ?? askedAt;
  return Math.round(Math.max(0, askedAt - at) + Math.min(0, answeredAt - at));
}

/** A statement with a patience of its own, in milliseconds. */
export const answeredWithin = (ms: number, text: string, values: readonly unknown[] = []): pg.QueryConfig =>
  ({ text, values: [...values], query_timeout: ms }) as pg.QueryConfig;

/** The database's clock, the only one that decides anything. */
export async function databaseNow(sql: Sql): Promise<Date> {
  const { rows } = await sql.query<{ now: Date }>("select chorus_now() as now");
  const now = rows[0]?.now;
  if (!now) throw new Error("PostgreSQL did not tell the time.");
  return now;
}
