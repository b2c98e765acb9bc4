/**
 * Whether this is the database that the engine last ran on, and lately. A restored dump holds plans that may have been
 * carried out since, and misses opt-outs; after a long silence what is open may no longer be wanted. Then nothing leaves
 * without a person: every workspace with something to lose is stopped, with the reason, until somebody releases it.
 */
import type { Id } from "@chorus/core/id";
import type pg from "pg";
import { type Db, inTransaction, type Sql } from "./open.ts";

/** How far a database had come, remembered outside of it. */
export type HighWater = { readonly engine: string; readonly lastBeat: Date };

export type EngineStart =
  | { is: "goes_on" }
  /** These workspaces were stopped. Without anything that could go wrong, nothing is. */
  | { is: "held"; because: string; workspaces: readonly Id[] };

/** Longer than a deployment takes, shorter than what anybody would call a pause. */
export const silentForMs = 15 * 60_000;

type Place = { systemIdentifier: string | null; timeline: number | null; databaseOid: string };
type Known = Place & { id: string; lastBeat: Date; silentMs: number };

/** Asked by every worker before it registers; the first one of a start decides, and the others find a fresh beat. */
export async function startEngine(db: Db, highWater: HighWater | null): Promise<EngineStart> {
  const place = await readPlace(db.sql);
  return await inTransaction(db, async (sql): Promise<EngineStart> => {
    const known = await lockKnown(sql, place);
    const doubt = known && whyDoubt(known, place, highWater);
    await sql.query(
      "update engine_identity set system_identifier = $1, timeline = $2, database_oid = $3, last_beat = chorus_now()",
      [place.systemIdentifier, place.timeline, place.databaseOid],
    );
    if (!doubt) return { is: "goes_on" };
    // Whoever lived before is gone: the sweep turns what they had leased back, and what they were sending into doubts.
    await sql.query("update worker set alive_until = chorus_now() where alive_until > chorus_now()");
    const workspaces = await stopWhatIsOpen(sql, doubt);
    return workspaces.length > 0 ? { is: "held", because: doubt.because, workspaces } : { is: "goes_on" };
  });
}

/** Written with every worker's beat. Answers what to remember outside of the database. */
export async function beatEngine(db: Db): Promise<HighWater> {
  const { rows } = await db.sql.query<HighWater>(
    `update engine_identity set last_beat = greatest(last_beat, chorus_now()) returning id as engine, last_beat as "lastBeat"`,
  );
  const beat = rows[0];
  if (!beat) throw new Error("The engine beats in a database that it was not started on.");
  return beat;
}

/** Hosted servers may keep the identifiers of the cluster to themselves; the database's own number is open to everybody. */
async function readPlace(sql: Sql): Promise<Place> {
  const [identifier, timeline, database] = await Promise.all([
    readOr(sql, "select system_identifier::text as value from pg_control_system()"),
    readOr(sql, "select left(pg_walfile_name(pg_current_wal_lsn()), 8) as value"),
    readOr(sql, "select oid::text as value from pg_database where datname = current_database()"),
  ]);
  return {
    systemIdentifier: identifier,
    timeline: timeline === null ? null : Number.parseInt(timeline, 16),
    databaseOid: database ?? "",
  };
}

const insufficientPrivilege = "42501";

async function readOr(sql: Sql, query: string): Promise<string | null> {
  try {
    const { rows } = await sql.query<{ value: string }>(query);
    return rows[0]?.value ?? null;
  } catch (error) {
    if ((error as { code?: unknown }).code === insufficientPrivilege) return null;
    throw error;
  }
}

/** Null on a database that no worker ever ran on. */
async function lockKnown(sql: pg.PoolClient, place: Place): Promise<Known | null> {
  const { rowCount } = await sql.query(
    "insert into engine_identity (database_oid, last_beat) values ($1, chorus_now()) on conflict do nothing",
    [place.databaseOid],
  );
  if (rowCount === 1) return null;
  const { rows } = await sql.query<Known>(
    `select id, system_identifier as "systemIdentifier", timeline, database_oid as "databaseOid", last_beat as "lastBeat",
            extract(epoch from chorus_now() - last_beat)::float8 * 1000 as "silentMs" from engine_identity for update`,
  );
  return rows[0] ?? null;
}

type Doubt = { because: string; isAnother: boolean };

function whyDoubt(known: Known, place: Place, highWater: HighWater | null): Doubt | null {
  const since = known.lastBeat.toISOString();
  if (differs(known.systemIdentifier, place.systemIdentifier) || known.databaseOid !== place.databaseOid)
    return { because: `This is a copy of the database that the workers ran on until ${since}.`, isAnother: true };
  if (differs(known.timeline, place.timeline))
    return { because: `The database was recovered to a moment in its past, or failed over.`, isAnother: true };
  if (highWater?.engine === known.id && highWater.lastBeat > known.lastBeat)
    return {
      because: `The database stands at ${since} and had come to ${highWater.lastBeat.toISOString()}: it was restored.`,
      isAnother: true,
    };
  return known.silentMs > silentForMs ? { because: `No worker has run since ${since}.`, isAnother: false } : null;
}

const differs = <T>(known: T | null, present: T | null) => known !== null && present !== null && known !== present;

/** After a silence, where something is open or overdue; in a copy also where something is planned, which may have been called off. */
async function stopWhatIsOpen(sql: pg.PoolClient, doubt: Doubt): Promise<Id[]> {
  const { rows } = await sql.query<{ id: Id }>(
    `with found as (
       select w.id,
              (select count(*) from run r join due d on d.run_id = r.id where r.workspace_id = w.id and r.state = 'sending') as open,
              (select count(*) from run r join run_expansion e on e.run_id = r.id and not e.done
                where r.workspace_id = w.id and r.state = 'sending') as unplanned,
              (select count(*) from schedule s where s.workspace_id = w.id and ($2 or s.next_at <= chorus_now())
                 and s.next_at is not null) as scheduled
         from workspace w where w.stopped_at is null
     )
     update workspace w
        set stopped_at = chorus_now(),
            stopped_because = format('%s Held before anything left: %s open messages, %s scheduled campaigns. Look at /ops, cancel what must not go out, then release the rest.',
                                     $1::text, f.open, f.scheduled)
       from found f where w.id = f.id and f.open + f.unplanned + f.scheduled > 0 returning w.id`,
    [doubt.because, doubt.isAnother],
  );
  return rows.map((row) => row.id);
}
