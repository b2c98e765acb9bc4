/**
 * Sends a run that has ended on to those whom nothing of it reached. It is the same run, with the same words and the same
 * rows, so nobody who was reached or may have been can be reached again: what was cancelled, expired or failed because of
 * us is open once more, and the books say so.
 */
import type { Id } from "@chorus/core/id";
import { messageStates, ourFailures } from "@chorus/core/message";
import type { Plan } from "@chorus/core/plan";
import type { RunState } from "@chorus/core/run";
import type pg from "pg";
import { expirySql, laneSql } from "./lanes-sql.ts";
import { type Db, inTransaction } from "./open.ts";
import { hashOf } from "./runs.ts";
import { openParams } from "./segment-sql.ts";
import { compileVerdict } from "./verdict-sql.ts";

export type Reopened =
  /** `isNew` is false where somebody had asked for it before, and it is going out. */
  | { is: "reopened"; state: RunState; unsent: number; isNew: boolean }
  | { is: "missing" }
  /** It has not ended, or is a day of single messages, which their senders ask for anew. */
  | { is: "not_over"; state: RunState }
  | { is: "nothing_unsent" }
  /** What was sent is not, or no longer, what somebody approved. */
  | { is: "not_approved" };

/** A callback that says more than the ledger's state is believed. */
const unsentSql = `m.delivery_rank = 0 and (m.state in (${messageStates.expired}, ${messageStates.cancelled})
  or (m.state = ${messageStates.failed} and m.reason in (${ourFailures.map((reason) => `'${reason}'`).join(", ")})))`;

type EndedRun = {
  state: RunState;
  campaignId: Id | null;
  contentHash: string | null;
  reopenedCount: string | null;
  isPlanned: boolean;
};

/** Asked twice, it answers the same and does nothing more. */
export async function reopenRun(db: Db, of: { workspaceId: Id; runId: Id }): Promise<Reopened> {
  return await inTransaction(db, async (sql): Promise<Reopened> => {
    const run = await lockRun(sql, of);
    if (!run) return { is: "missing" };
    const isOver = run.state === "finished" || run.state === "cancelled";
    if (!isOver && run.reopenedCount !== null)
      return { is: "reopened", state: run.state, unsent: Number(run.reopenedCount), isNew: false };
    if (!isOver || run.campaignId === null) return { is: "not_over", state: run.state };
    if (!(await isApproved(sql, run.campaignId, run.contentHash))) return { is: "not_approved" };
    const { rows } = await sql.query<{ count: string }>(
      `select count(*) from message m where m.run_id = $1 and ${unsentSql}`,
      [of.runId],
    );
    const unsent = Number(rows[0]?.count ?? 0);
    if (unsent === 0 && run.isPlanned) return { is: "nothing_unsent" };
    await sql.query(
      `with expansion as (
         update run_expansion set done = false, reopen_cursor = 0, cursor_contact = case when $4 then high_contact else cursor_contact end
          where run_id = $1
       ),
       campaign as (update campaign set state = 'scheduled', updated_at = chorus_now() where id = $2 and state in ('done', 'cancelled'))
       update run set state = 'sending', state_because = null, finished_at = null, epoch = epoch + 1,
                      reopened_at = chorus_now(), reopened_count = $3 where id = $1`,
      [of.runId, run.campaignId, unsent, run.isPlanned],
    );
    return { is: "reopened", state: "sending", unsent, isNew: true };
  });
}

async function lockRun(sql: pg.PoolClient, of: { workspaceId: Id; runId: Id }): Promise<EndedRun | undefined> {
  const { rows } = await sql.query<EndedRun>(
    `select r.state, r.campaign_id as "campaignId", r.content_hash as "contentHash", r.reopened_count as "reopenedCount",
            r.state = 'finished' or e.cursor_contact >= e.high_contact as "isPlanned"
       from run r left join run_expansion e on e.run_id = r.id where r.id = $1 and r.workspace_id = $2 for update of r`,
    [of.runId, of.workspaceId],
  );
  return rows[0];
}

async function isApproved(sql: pg.PoolClient, campaignId: Id, sent: string | null): Promise<boolean> {
  const { rows } = await sql.query<{ hash: string }>(
    "select content_hash as hash from approval where campaign_id = $1 and voided_at is null order by id desc limit 1",
    [campaignId],
  );
  return rows[0] !== undefined && rows[0].hash === sent && sent === (await hashOf(sql, campaignId));
}

const pageSize = 5_000;

/**
 * Makes a page of unsent messages open again, judged anew as preflight would; answers the last message looked at, or null
 * when there are no more.
 */
export async function reopenPage(
  db: Db,
  sql: pg.PoolClient,
  of: { runId: Id; plan: Plan; after: Id },
): Promise<{ cursor: Id | null; count: number }> {
  const { rows } = await sql.query<{ id: Id; contactId: Id | null }>(
    `select m.id, m.contact_id as "contactId" from message m where m.run_id = $1 and m.id > $2 and ${unsentSql}
      order by m.id limit ${pageSize} for update`,
    [of.runId, of.after],
  );
  const last = rows.at(-1);
  if (!last) return { cursor: null, count: 0 };
  const params = openParams();
  const run = params.add(of.runId, "bigint");
  const ids = params.add(
    rows.map((row) => row.id),
    "bigint[]",
  );
  const contacts = params.add(
    rows.flatMap((row) => row.contactId ?? []),
    "bigint[]",
  );
  // Whom the run meant is settled, and so is what they read: only whether they may be written to is asked again.
  const everyone: Plan = { ...of.plan, audience: { is: "everyone" }, segments: [] };
  const verdict = compileVerdict(everyone, db.channels, { params, contacts: `c.id = any(${contacts})` });
  await sql.query(
    `with ${verdict},
     lines as materialized (
       select m.id, j.address_hash, j.hold, coalesce(j.not_before, clock.now) as not_before,
              case when m.destination_id is not null then null when j.contact_id is null then 'no_address' else j.reason end as reason
         from message m left join judged j on j.contact_id = m.contact_id and j.channel_no = m.channel_no, clock
        where m.run_id = ${run} and m.id = any(${ids})
     ),
     opened as (
       update message m set state = case when l.reason is null then ${messageStates.waiting} else ${messageStates.skipped} end,
              reason = l.reason, hold = case when l.reason is null then l.hold end, address_hash = coalesce(l.address_hash, m.address_hash),
              settled_at = case when l.reason is not null then clock.now end
         from lines l, clock where m.run_id = ${run} and m.id = l.id
       returning m.id, m.channel_no, m.class, m.attempt, coalesce(m.contact_id, m.destination_id) as reader, l.not_before, m.state
     )
     insert into due (message_id, run_id, channel_no, lane, class, not_before, expires_at, attempt)
     select id, ${run}, channel_no, ${laneSql("class", "reader")}, class, not_before, ${expirySql("class", "not_before")}, attempt
       from opened where state = ${messageStates.waiting}`,
    params.values,
  );
  return { cursor: rows.length < pageSize ? null : last.id, count: rows.length };
}
