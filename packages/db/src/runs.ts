/** Launches scheduled campaigns and moves their runs. A schedule can never fire twice for the same instant. */
import type { Channel } from "@chorus/core/channel";
import type { Id } from "@chorus/core/id";
import { moveRun, type RunAction, type RunState, statesFor } from "@chorus/core/run";
import { contentHash } from "@chorus/core/variant";
import type pg from "pg";
import { type Db, inTransaction } from "./open.ts";
import { buildPlan, segmentVersions } from "./plans.ts";
import { preflight } from "./preflight.ts";

/** A launch whose audience differs from the approved size by more than this share is held for a person. */
const sizeTolerance = 0.2;

export type Launched =
  | { is: "launched"; runId: Id }
  /** Too late to be sent blindly. */
  | { is: "missed"; runId: Id }
  /** The audience is no longer the size that was approved, or what was approved has changed. */
  | { is: "held"; runId: Id; because: string };

/** Fires every schedule that is due. Safe to call from many workers at once and twice. */
export async function launchDue(db: Db, channels: readonly Channel[]): Promise<Launched[]> {
  const launched: Launched[] = [];
  for (;;) {
    const next = await inTransaction(db, (sql) => launchOne(db, sql, channels));
    if (!next) return launched;
    launched.push(next);
  }
}

type DueSchedule = { id: Id; workspaceId: Id; campaignId: Id; firedFor: Date; late: boolean; campaignState: string };

async function launchOne(db: Db, sql: pg.PoolClient, channels: readonly Channel[]): Promise<Launched | null> {
  const { rows } = await sql.query<DueSchedule>(
    `select s.id, s.workspace_id as "workspaceId", s.campaign_id as "campaignId", s.next_at as "firedFor",
            chorus_now() - s.next_at > s.max_lateness as late, c.state as "campaignState"
       from schedule s join campaign c on c.id = s.campaign_id
      where s.next_at <= chorus_now() order by s.next_at limit 1 for update of s, c skip locked`,
  );
  const due = rows[0];
  if (!due) return null;
  await sql.query("update schedule set last_fired_for = next_at, next_at = null where id = $1", [due.id]);
  const plan = await buildPlan(sql, due.campaignId, channels);
  if (!plan) throw new Error(`Schedule ${due.id} names a campaign that is gone.`);
  const problem = due.late ? null : await whatChanged(db, sql, due, plan);
  const state: RunState = due.late ? "missed" : problem ? "held" : "sending";
  const because = due.late ? "The scheduled moment was missed by more than the allowed lateness." : problem;
  const run = await sql.query<{ id: Id }>(
    `insert into run (workspace_id, campaign_id, schedule_id, fired_for, state, state_because, segment_versions, content_hash, plan)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (schedule_id, fired_for) do nothing returning id`,
    [
      due.workspaceId,
      due.campaignId,
      due.id,
      due.firedFor,
      state,
      because,
      segmentVersions(plan),
      await hashOf(sql, due.campaignId),
      plan,
    ],
  );
  const runId = run.rows[0]?.id;
  if (!runId) throw new Error(`Schedule ${due.id} already fired for this instant.`);
  await sql.query(
    `insert into run_expansion (run_id, high_contact)
     select $1, coalesce((select max(id) from contact where workspace_id = $2), 0)`,
    [runId, due.workspaceId],
  );
  if (state === "missed") return { is: "missed", runId };
  return problem ? { is: "held", runId, because: problem } : { is: "launched", runId };
}

/** What was approved must still be what is sent, to about as many people as were counted. */
async function whatChanged(
  db: Db,
  sql: pg.PoolClient,
  due: DueSchedule,
  plan: Parameters<typeof preflight>[1],
): Promise<string | null> {
  if (due.campaignState !== "scheduled") return `The campaign is ${due.campaignState}, not scheduled.`;
  const { rows } = await sql.query<{ hash: string; size: string; versions: Record<Id, number> }>(
    `select content_hash as hash, audience_size as size, segment_versions as versions from approval
      where campaign_id = $1 and voided_at is null order by id desc limit 1`,
    [due.campaignId],
  );
  const approved = rows[0];
  if (!approved || approved.hash !== (await hashOf(sql, due.campaignId)))
    return "The copy is not the copy that was approved.";
  if (contentHash(approved.versions) !== contentHash(segmentVersions(plan)))
    return "A segment has changed since the approval.";
  const counted = await preflight(db, plan);
  const size = Number(approved.size);
  return Math.abs(counted.audienceSize - size) > size * sizeTolerance
    ? `The audience was ${size} contacts when it was approved and is ${counted.audienceSize} now.`
    : null;
}

/** One hash over the words and facts of every variant of a campaign. */
export async function hashOf(sql: Pick<pg.PoolClient, "query">, campaignId: Id): Promise<string> {
  const { rows } = await sql.query<{ id: Id; hash: string | null }>(
    "select id, hash from variant where campaign_id = $1 order by id",
    [campaignId],
  );
  return contentHash(rows.map((row) => [row.id, row.hash]));
}

export type Moved =
  | { is: "moved"; runId: Id; state: RunState; alreadyWithProvider: number }
  | { is: "refused"; state: RunState | null };

/** Pause, resume, cancel: one row, one fence. What has its permit already is counted in the answer. */
export async function moveRunOf(db: Db, of: { workspaceId: Id; runId: Id; action: RunAction }): Promise<Moved> {
  const targets = Object.fromEntries(statesFor(of.action).map((state) => [state, moveRun(state, of.action)]));
  const { rows } = await db.sql.query<{ state: RunState; moved: boolean }>(
    `with held as (select id, state from run where id = $1 and workspace_id = $2 for update),
     moved as (
       update run r set state = $3::jsonb ->> held.state, epoch = r.epoch + 1, state_because = null, moved_at = chorus_now()
         from held where r.id = held.id and $3::jsonb ? held.state returning r.state
     )
     select coalesce((select state from moved), held.state) as state, exists (select 1 from moved) as moved from held`,
    [of.runId, of.workspaceId, JSON.stringify(targets)],
  );
  const row = rows[0];
  if (!row?.moved) return { is: "refused", state: row?.state ?? null };
  const flying = await db.sql.query<{ count: string }>("select count(*) from due where run_id = $1 and state = 2", [
    of.runId,
  ]);
  return { is: "moved", runId: of.runId, state: row.state, alreadyWithProvider: Number(flying.rows[0]?.count ?? 0) };
}

/** The newest run of a campaign, or null before its first. */
export async function latestRun(
  db: Db,
  of: { workspaceId: Id; campaignId: Id },
): Promise<{ id: Id; state: RunState } | null> {
  const { rows } = await db.sql.query<{ id: Id; state: RunState }>(
    "select id, state from run where campaign_id = $1 and workspace_id = $2 order by id desc limit 1",
    [of.campaignId, of.workspaceId],
  );
  return rows[0] ?? null;
}
