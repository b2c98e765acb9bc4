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
  /** For the statements that every message passes. They are prepared, and their plans do not follow the statistics. */
  readonly ledger: pg.Pool;
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

export async function openDb({ url, channels, connections = 10, onError }: OpenDb): Promise<Db> {
  const pool = (max: number, options = "") => {
    const opened = new pg.Pool({
      connectionString: url,
      max,
      options,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    return opened.on("error", onError ?? (() => {})); // an idle connection that breaks is replaced by the pool
  };
  const sql = pool(connections);
  const ledger = pool(ledgerConnections, indexesOnly);
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: prismaConnections }) });
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
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => {}); // the connection itself may be what broke
    throw error;
  } finally {
    client.release();
  }
}

/** The database's clock, the only one that decides anything. */
export async function databaseNow(sql: Sql): Promise<Date> {
  const { rows } = await sql.query<{ now: Date }>("select chorus_now() as now");
  const now = rows[0]?.now;
  if (!now) throw new Error("PostgreSQL did not tell the time.");
  return now;
}
