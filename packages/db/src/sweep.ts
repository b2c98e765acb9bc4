/** Whatever should have moved and has not. Runs every second on any worker, decides by states and database time alone. */

import { provenWithinMs, silenceMs } from "@chorus/core/doubt";
import type { Id, MessageRef } from "@chorus/core/id";
import { classNamed, messageClasses, messageStates, sendWithinMs } from "@chorus/core/message";
import type { Lane } from "@chorus/core/plan";
import type pg from "pg";
import { isProvenSql } from "./doubts.ts";
import { everyLane } from "./lanes-sql.ts";
import { lockMessages } from "./lock-messages.ts";
import { giveUpCalls } from "./model-calls.ts";
import { type Db, inTransaction } from "./open.ts";
import { anyDueSql } from "./whole-key-sql.ts";

/** Doors to knock on after a sweep. */
export type Swept = {
  readonly lanes: readonly DueLane[];
  /** Some living worker was given a permit within its last beat. */
  readonly isSending: boolean;
  readonly expansions: readonly Id[];
  readonly launchDue: boolean;
  readonly plans: readonly Id[];
  readonly writes: readonly { variantId: Id; revision: number }[];
  readonly copies: readonly { copyId: Id; revision: number }[];
};

export type DueLane = Lane & {
  /** A living worker was given a permit in this lane within its last beat. */
  readonly isServed: boolean;
  /** Something has been due for 10 s. */
  readonly isLate: boolean;
};

const sweepLock = 0x63686f72; // any constant that no other advisory lock of this database uses
const rowsAtOnce = 5_000;
/** To look through so much of `due` takes some 50 ms of a processor: the next look may come when twenty times as long has gone by. */
const bytesPerSecond = 16e6;
/** Long enough for a knock that is on its way to be answered. */
const unansweredAfter = "interval '10 seconds'";
const lateAfter = "interval '10 seconds'";
/** The lanes in which living workers were given permits; what one said before it fell silent is no news. */
const servedLanes = `select p."channelNo" as channel_no, p.class, p.lane
  from worker w, jsonb_to_recordset(w.permits_now) as p("channelNo" smallint, class smallint, lane smallint)
 where w.beat_at > chorus_now() - interval '5 seconds'`;

/**
 * null: another worker is sweeping. In turn: whatever has to be read as a whole is read no more often than its size allows,
 * over all workers.
 */
export async function sweep(db: Db, { looks = "always" as "always" | "in turn" } = {}): Promise<Swept | null> {
  const moved = await inTransaction(db, async (sql) => {
    const { rows } = await sql.query<{ mine: boolean }>("select pg_try_advisory_xact_lock($1) as mine", [sweepLock]);
    if (!rows[0]?.mine) return false;
    if (looks === "always" || (await isTimeToLook(sql))) await moveOverdue(sql);
    await sql.query("set local enable_seqscan = off"); // nothing else reads a table as a whole
    await cancelWaiting(sql);
    await finishRuns(sql);
    await forgetKeys(sql);
    await giveUpCalls(sql);
    return true;
  });
  return moved ? await findDoors(db) : null;
}

/** A moment in the future was noted by a clock that has been set right since. */
async function isTimeToLook(sql: pg.PoolClient): Promise<boolean> {
  const { rows } = await sql.query(
    `update due_look set looked_at = chorus_now()
      where looked_at <= chorus_now() - make_interval(secs => pg_relation_size('due') / ${bytesPerSecond}) or looked_at > chorus_now()
     returning looked_at`,
  );
  return rows.length > 0;
}

async function moveOverdue(sql: pg.PoolClient): Promise<void> {
  const { rows: overdue } = await sql.query<MessageRef & { state: number }>(
    `with clock as materialized (select chorus_now() as now),
     dead as materialized (select coalesce(array_agg(w.id), '{}') as ids from worker w, clock where w.alive_until <= clock.now),
     overdue as materialized (
       select d.run_id as "runId", d.message_id as "messageId", d.state from due d, clock, dead
        where case d.state when ${messageStates.waiting} then d.expires_at <= clock.now
                           when ${messageStates.leased} then d.lease_until <= clock.now or d.worker_id = any(dead.ids)
                           else d.send_until <= clock.now or d.worker_id = any(dead.ids) end
     )
     (select * from overdue where state <> ${messageStates.waiting})
     union all (select * from overdue where state = ${messageStates.waiting} limit ${rowsAtOnce})`,
  );
  const inState = (state: number) => overdue.filter((each) => each.state === state);
  const expired = inState(messageStates.waiting);
  const leased = inState(messageStates.leased);
  await takeBackLeases(sql, leased);
  await listDoubts(sql, inState(messageStates.sending));
  await expireWaiting(sql, [...leased, ...expired]);
  if (expired.length === rowsAtOnce) await sql.query("update due_look set looked_at = '-infinity'");
}

async function takeBackLeases(sql: pg.PoolClient, overdue: readonly MessageRef[]) {
  if (overdue.length === 0) return;
  await sql.query(
    `update due d set state = 0, lease_token = null, lease_until = null, worker_id = null
      where d.message_id = any($1) and d.state = 1
        and (d.lease_until <= chorus_now() or exists (select 1 from worker w where w.id = d.worker_id and w.alive_until <= chorus_now()))`,
    [overdue.map((each) => each.messageId)],
  );
}

/** The same as `doubtWaitMs` in core, for doubts that nobody lived to list: they may be proven yet. */
const lookAtSql = `clock.now + make_interval(secs => case when s.class = ${messageClasses.security} then 0
  when k.can_ask or s.class = ${messageClasses.transactional} then ${silenceMs / 1000} else ${provenWithinMs / 1000} end)`;

/**
 * Permitted, and nobody left to say what became of it. A callback that already proved acceptance settles it; all others
 * become doubts with the worker that had them. One that was handed back before it was locked may be in other hands by now.
 */
async function listDoubts(sql: pg.PoolClient, lost: readonly MessageRef[]) {
  if (lost.length === 0) return;
  await lockMessages(sql, lost);
  await sql.query(
    `with clock as materialized (select chorus_now() as now),
     lost as (
       delete from due d using clock where d.message_id = any($1) and d.state = ${messageStates.sending}
          and (d.send_until <= clock.now or exists (select 1 from worker w where w.id = d.worker_id and w.alive_until <= clock.now))
       returning d.message_id, d.run_id, d.channel_no, d.attempt, d.worker_id, d.send_until,
                 d.send_until - interval '${sendWithinMs} milliseconds' as permitted_at
     ),
     settled as (
       update message m
          set state = case when ${isProvenSql} then ${messageStates.accepted} else ${messageStates.in_doubt} end,
              attempt = l.attempt, settled_at = clock.now, permitted_at = l.permitted_at
         from lost l, clock where m.run_id = l.run_id and m.id = l.message_id
       returning m.run_id, m.id, m.state, m.workspace_id, m.class
     )
     insert into doubt (run_id, message_id, attempt, channel_no, permitted_at, worker_id, detail, ask_at)
     select l.run_id, l.message_id, l.attempt, l.channel_no, l.permitted_at, l.worker_id,
            case when l.send_until <= clock.now then 'permitted, and no answer within its time'
                 else 'the worker died between permit and result' end,
            ${lookAtSql}
       from lost l join settled s on s.run_id = l.run_id and s.id = l.message_id
       left join carrier k on k.workspace_id = s.workspace_id and k.channel_no = l.channel_no, clock
      where s.state = ${messageStates.in_doubt}
     on conflict do nothing`,
    [lost.map((each) => each.messageId)],
  );
}

/** Also those of paused runs: an offer that has ended is not sent when somebody resumes. */
async function expireWaiting(sql: pg.PoolClient, overdue: readonly MessageRef[]) {
  if (overdue.length === 0) return;
  const { rows } = await sql.query<MessageRef>(
    `select run_id as "runId", message_id as "messageId" from due
      where message_id = any($1) and state = 0 and expires_at <= chorus_now() for update skip locked`,
    [overdue.map((each) => each.messageId)],
  );
  await closeUnsent(sql, rows, messageStates.expired);
}

/** A cancel fences at once by the run's state; the rows behind it are turned over in bounded slices. */
async function cancelWaiting(sql: pg.PoolClient) {
  await sql.query(
    "update run_expansion e set done = true from run r where r.id = e.run_id and r.state = 'cancelling' and not e.done",
  );
  const { rows } = await sql.query<MessageRef>(
    `select d.run_id as "runId", d.message_id as "messageId" from run r join due d on d.run_id = r.id
      where r.state = 'cancelling' and d.state in (0, 1) limit ${rowsAtOnce} for update of d skip locked`,
  );
  await closeUnsent(sql, rows, messageStates.cancelled);
}

/** The rows of `due` are locked by the caller. */
async function closeUnsent(sql: pg.PoolClient, messages: readonly MessageRef[], state: number) {
  if (messages.length === 0) return;
  await lockMessages(sql, messages);
  await sql.query(
    `with gone as (delete from due where message_id = any($1) returning message_id, run_id, attempt)
     update message m set state = $2, attempt = gone.attempt, settled_at = chorus_now()
       from gone where m.run_id = gone.run_id and m.id = gone.message_id`,
    [messages.map((each) => each.messageId), state],
  );
}

/**
 * Finished is an `exists`, not a count: expansion done, nothing due, no doubt that may still be answered. The campaign is
 * over with its last run, when none is planned after it.
 */
async function finishRuns(sql: pg.PoolClient) {
  await sql.query(
    `with ended as (
       update run r set state = case r.state when 'cancelling' then 'cancelled' else 'finished' end, finished_at = chorus_now()
        where r.state in ('sending', 'cancelling')
          and (r.day is null or r.day < (chorus_now() at time zone 'utc')::date - 1)
          and not ${anyDueSql("r.id", "true")}
          and not exists (select 1 from run_expansion e where e.run_id = r.id and not e.done)
          and not exists (select 1 from doubt d where d.run_id = r.id and d.resolved_at is null and d.ask_at is not null)
       returning r.id, r.campaign_id, r.state
     )
     update campaign c set state = case ended.state when 'cancelled' then 'cancelled' else 'done' end, updated_at = chorus_now()
       from ended where c.id = ended.campaign_id and c.state = 'scheduled'
        and not exists (select 1 from schedule s where s.campaign_id = c.id and s.next_at is not null)
        and not exists (select 1 from run o where o.campaign_id = c.id and o.state in ('sending', 'paused', 'held', 'cancelling')
                         and o.id not in (select id from ended))`,
  );
}

/** A caller may repeat a request for 30 days; after that its key is free again. */
async function forgetKeys(sql: pg.PoolClient) {
  await sql.query(
    `delete from idempotency where (workspace_id, key) in (
       select workspace_id, key from idempotency where at < chorus_now() - interval '30 days' order by at limit ${rowsAtOnce})`,
  );
}

const inLane = "d.channel_no = c.no and d.class = l.class and d.lane = l.lane and d.state = 0";

async function findDoors(db: Db): Promise<Swept> {
  const [lanes, served, expansions, launches, plans, writes, copies] = await Promise.all([
    // Where all but a lane or two have nothing due, a statistic expects some in each, and a planner that trusts it reads the
    // whole of `due` for every one of the others: on a connection that may only walk indexes it cannot.
    db.ledger.query<{ channel: string; class: number; lane: number; isServed: boolean; isLate: boolean }>({
      name: "doors",
      text: `with served as materialized (${servedLanes})
       select c.id as channel, l.class, l.lane,
              exists (select 1 from served s where s.channel_no = c.no and s.class = l.class and s.lane = l.lane) as "isServed",
              bool_or(${anyDueSql("r.id", `${inLane} and d.not_before <= chorus_now() - ${lateAfter}`)}) as "isLate"
         from run r join workspace w on w.id = r.workspace_id and w.stopped_at is null cross join channel c cross join (${everyLane}) as l
        where r.state = 'sending' and ${anyDueSql("r.id", `${inLane} and d.not_before <= chorus_now()`)}
          and not exists (select 1 from carrier k where k.workspace_id = r.workspace_id and k.channel_no = c.no
                           and k.blocked_until > chorus_now())
        group by c.id, c.no, l.class, l.lane`,
    }),
    db.sql.query(`${servedLanes} limit 1`),
    db.sql.query<{ id: Id }>(
      "select r.id from run_expansion e join run r on r.id = e.run_id where not e.done and r.state in ('sending', 'paused')",
    ),
    db.sql.query(
      `select 1 from schedule s join workspace w on w.id = s.workspace_id and w.stopped_at is null
        where s.next_at <= chorus_now() limit 1`,
    ),
    db.sql.query<{ id: Id }>(
      `select c.id from campaign c where c.state = 'writing' and c.updated_at < chorus_now() - ${unansweredAfter}
          and not exists (select 1 from variant v where v.campaign_id = c.id and v.state in ('waiting', 'failed'))`,
    ),
    db.sql.query<{ variantId: Id; revision: number }>(
      `select v.id as "variantId", v.revision from variant v join campaign c on c.id = v.campaign_id
        where c.state = 'writing' and v.state = 'waiting' and v.updated_at < chorus_now() - ${unansweredAfter} limit 200`,
    ),
    db.sql.query<{ copyId: Id; revision: number }>(
      `select id as "copyId", revision from copy where state = 'waiting' and updated_at < chorus_now() - ${unansweredAfter} limit 200`,
    ),
  ]);
  return {
    lanes: lanes.rows.map((row) => ({ ...row, class: classNamed(row.class) })),
    isSending: served.rows.length > 0,
    expansions: expansions.rows.map((row) => row.id),
    launchDue: launches.rows.length > 0,
    plans: plans.rows.map((row) => row.id),
    writes: writes.rows,
    copies: copies.rows,
  };
}
