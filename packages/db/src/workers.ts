/** Workers say that they live; what a dead one had in its hands is taken back without waiting for its lease. */
import type { Id } from "@chorus/core/id";
import { type MessageClass, messageClasses } from "@chorus/core/message";
import { answeredWithin, type Db, inTransaction } from "./open.ts";

export const beatEveryMs = 2_000;
export const believedForMs = 10_000;
/** A clock that is years off must not keep its worker from saying that it lives: the column is an integer. */
const mostShownSkewMs = 1_000_000_000;
/** How long one that has gone is still shown: long enough to be missed by a person. */
export const rememberedForMs = 15 * 60_000;

/** Permits that a worker was given in one lane since its last beat. */
export type LaneTally = {
  readonly workspaceId: Id;
  readonly channel: string;
  readonly class: MessageClass;
  readonly lane: number;
  readonly permits: number;
};

/** What a worker says of itself beside that it lives. */
export type VitalSigns = {
  /** By how much the worker's own clock is ahead of the database's, which decides. */
  readonly clockSkewMs: number;
  readonly runningJobs: number;
  /** The share of its time, from 0 to 1, in which the process was at work since the last beat. */
  readonly busy: number;
  readonly tallies: readonly LaneTally[];
  /** How long the tallies took to come about. */
  readonly overMs: number;
};

export async function registerWorker(db: Db, name: string, version = ""): Promise<Id> {
  const { rows } = await db.sql.query<{ id: Id }>(
    `insert into worker (name, version, alive_until) values ($1, $3, chorus_now() + make_interval(secs => $2)) returning id`,
    [name, believedForMs / 1000, version],
  );
  const worker = rows[0];
  if (!worker) throw new Error("The worker could not register.");
  return worker.id;
}

/**
 * Life first, in a statement of its own; the tallies, which may wait for another worker's, after it. Answers false when
 * the worker had been silent for so long that others may have taken it for dead: what it had leased is theirs by now,
 * what it had permitted may be listed as doubt, and from here on it lives again.
 */
export async function beat(db: Db, workerId: Id, signs?: VitalSigns): Promise<boolean> {
  const perSecond = signs?.tallies.map((each) => ({
    ...place(db, each),
    perSecond: (each.permits * 1000) / Math.max(1, signs.overMs),
  }));
  const statement = `with before as (select alive_until > chorus_now() as believed from worker where id = $1)
     update worker set alive_until = chorus_now() + make_interval(secs => $2), beat_at = chorus_now(),
            running_jobs = coalesce($3, running_jobs), busy = coalesce($4, busy), permits_now = coalesce($5, permits_now),
            clock_skew_ms = coalesce($6, clock_skew_ms)
       from before where id = $1 returning before.believed as "wasBelieved"`;
  const { rows } = await db.sql.query<{ wasBelieved: boolean }>(
    answeredWithin(beatEveryMs, statement, [
      workerId,
      believedForMs / 1000,
      signs?.runningJobs ?? null,
      signs?.busy ?? null,
      perSecond ? JSON.stringify(perSecond) : null,
      signs ? Math.max(-mostShownSkewMs, Math.min(mostShownSkewMs, signs.clockSkewMs)) : null,
    ]),
  );
  if (signs && signs.tallies.length > 0) await addTallies(db, signs.tallies);
  return rows[0]?.wasBelieved ?? false;
}

const place = (db: Db, of: LaneTally) => ({
  workspaceId: of.workspaceId,
  channelNo: db.channels.noOf(of.channel),
  class: messageClasses[of.class],
  lane: of.lane,
});

/** In one order for all workers, so that two of them never wait for each other. */
async function addTallies(db: Db, tallies: readonly LaneTally[]): Promise<void> {
  const lines = tallies.map((each) => ({ ...place(db, each), total: each.permits }));
  await inTransaction(db, (sql) =>
    sql.query(
      `insert into lane_permits (workspace_id, channel_no, class, lane, total)
       select "workspaceId", "channelNo", class, lane, total
         from json_to_recordset($1) as t("workspaceId" bigint, "channelNo" smallint, class smallint, lane smallint, total bigint)
        order by 1, 2, 3, 4
       on conflict (workspace_id, channel_no, class, lane) do update set total = lane_permits.total + excluded.total`,
      [JSON.stringify(lines)],
    ),
  );
}

/** A worker that stops in order says so, and nothing of its needs to be waited for. */
export async function retireWorker(db: Db, workerId: Id): Promise<void> {
  await db.sql.query("update worker set alive_until = chorus_now(), permits_now = '[]' where id = $1", [workerId]);
}

export type WorkerSight = {
  readonly name: string;
  readonly version: string;
  readonly isAlive: boolean;
  readonly runningJobs: number;
  readonly busy: number;
  readonly clockSkewMs: number;
  readonly lastBeatInSeconds: number;
  readonly permitsPerSecond: number;
};

/** The living first, and those that went within the last quarter of an hour. Workers serve every workspace. */
export async function listWorkers(db: Db): Promise<WorkerSight[]> {
  const { rows } = await db.sql.query<WorkerSight>(
    `select name, version, alive_until > chorus_now() as "isAlive", running_jobs as "runningJobs", busy,
            clock_skew_ms as "clockSkewMs", extract(epoch from chorus_now() - beat_at)::float8 as "lastBeatInSeconds",
            case when alive_until > chorus_now()
                 then (select coalesce(sum((p->>'perSecond')::float8), 0) from jsonb_array_elements(permits_now) p) else 0
             end as "permitsPerSecond"
       from worker where alive_until > chorus_now() - make_interval(secs => $1)
      order by alive_until > chorus_now() desc, name, id limit 200`,
    [rememberedForMs / 1000],
  );
  return rows;
}
