/** Launches scheduled campaigns and moves their runs. A schedule can never fire twice for the same instant. */
import type { CampaignState } from "@chorus/core/campaign";
import type { Channel } from "@chorus/core/channel";
import type { Id } from "@chorus/core/id";
import { showsPicksSql } from "@chorus/core/picks";
import type { Plan } from "@chorus/core/plan";
import { moveRun, type RunAction, type RunState, statesFor } from "@chorus/core/run";
import { catchUp, type Firing, type Repeat } from "@chorus/core/schedule";
import { contentHash } from "@chorus/core/variant";
import type pg from "pg";
import { notifySql } from "./fence.ts";
import { inFlightOfRun } from "./in-flight.ts";
import { type Db, inOneTrip, inTransaction } from "./open.ts";
import { buildPlan, segmentVersions } from "./plans.ts";
import { countAudience } from "./preflight.ts";

/** A launch whose audience differs from the approved size by more than this share is held for a person. */
const sizeTolerance = 0.2;

export type Launched =
  | { is: "launched"; runId: Id }
  /** Too late to be sent blindly. */
  | { is: "missed"; runId: Id }
  /** The audience is no longer the size that was approved, or what was approved has changed. */
  | { is: "held"; runId: Id; because: string };

/** Fires every schedule that is due, of workspaces that are not stopped. Safe to call from many workers at once and twice. */
export async function launchDue(db: Db, channels: readonly Channel[]): Promise<Launched[]> {
  const launched: Launched[] = [];
  for (;;) {
    const next = await inTransaction(db, (sql) => launchOne(db, sql, channels));
    if (!next) return launched;
    if (next.is !== "fired_before") launched.push(next);
  }
}

type DueSchedule = {
  id: Id;
  workspaceId: Id;
  campaignId: Id;
  nextAt: Date;
  repeat: Repeat | null;
  maxLatenessMs: number;
  now: Date;
  campaignState: string;
  isPaused: boolean;
};

/** A moment that was fired for already is passed over, and holds up nobody else's. */
type Fired = Launched | { is: "fired_before" };

async function launchOne(db: Db, sql: pg.PoolClient, channels: readonly Channel[]): Promise<Fired | null> {
  const due = await lockDue(sql);
  if (!due) return null;
  const firing = catchUp(due.repeat, due.nextAt, due.now);
  await sql.query("update schedule set last_fired_for = $2, next_at = $3 where id = $1", [
    due.id,
    firing.firedFor,
    firing.nextAt,
  ]);
  const plan = await buildPlan(sql, due.campaignId, channels);
  if (!plan) throw new Error(`Schedule ${due.id} names a campaign that is gone.`);
  const isLate = due.now.getTime() - firing.firedFor.getTime() > due.maxLatenessMs;
  const problem = isLate ? tooLate : await whatChanged(db, sql, due, plan);
  const state: RunState = isLate ? "missed" : problem ? "held" : "sending";
  const because = [problem, whatPassed(firing)].filter((each) => each !== null).join(" ") || null;
  const runId = await insertRun(sql, { due, firedFor: firing.firedFor, state, because, plan });
  if (!runId) return { is: "fired_before" };
  if (isLate) return { is: "missed", runId };
  return problem ? { is: "held", runId, because: problem } : { is: "launched", runId };
}

const tooLate = "The scheduled moment was missed by more than the allowed lateness.";

const whatPassed = ({ skipped }: Firing): string | null =>
  skipped === 0
    ? null
    : `Before it ${skipped} scheduled ${skipped === 1 ? "moment" : "moments"} passed while nothing ran.`;

async function lockDue(sql: pg.PoolClient): Promise<DueSchedule | undefined> {
  const { rows } = await sql.query<DueSchedule>(
    `select s.id, s.workspace_id as "workspaceId", s.campaign_id as "campaignId", s.next_at as "nextAt", s.repeat,
            extract(epoch from s.max_lateness)::float8 * 1000 as "maxLatenessMs", chorus_now() as now, c.state as "campaignState",
            exists (select 1 from run r where r.campaign_id = c.id and r.state = 'paused') as "isPaused"
       from schedule s join campaign c on c.id = s.campaign_id
       join workspace w on w.id = s.workspace_id and w.stopped_at is null
      where s.next_at <= chorus_now() order by s.next_at limit 1 for update of s, c skip locked`,
  );
  return rows[0];
}

type NewRun = { due: DueSchedule; firedFor: Date; state: RunState; because: string | null; plan: Plan };

/** With its expansion, up to whoever is there now. Null: the schedule has one for this moment. */
async function insertRun(sql: pg.PoolClient, { due, firedFor, state, because, plan }: NewRun): Promise<Id | null> {
  const { rows } = await sql.query<{ id: Id }>(
    `with made as (
       insert into run (workspace_id, campaign_id, schedule_id, fired_for, state, state_because, segment_versions, content_hash, plan, has_picks)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, exists (select 1 from variant where campaign_id = $2 and ${showsPicksSql("contents")}))
       on conflict (schedule_id, fired_for) do nothing returning id
     )
     insert into run_expansion (run_id, high_contact, high_activity)
     select id, coalesce((select max(id) from contact where workspace_id = $1), 0), coalesce((select max(id) from activity), 0)
       from made returning run_id as id`,
    [
      ...[due.workspaceId, due.campaignId, due.id, firedFor, state, because],
      ...[segmentVersions(plan), await hashOf(sql, due.campaignId), plan],
    ],
  );
  return rows[0]?.id ?? null;
}

/** What was approved must still be what is sent, to about as many people as were counted. */
async function whatChanged(db: Db, sql: pg.PoolClient, due: DueSchedule, plan: Plan): Promise<string | null> {
  if (due.campaignState !== "scheduled") return `The campaign is ${due.campaignState}, not scheduled.`;
  if (due.isPaused) return "The run before it is paused.";
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
  const counted = await countAudience(db, plan);
  const size = Number(approved.size);
  return Math.abs(counted - size) > size * sizeTolerance
    ? `The audience was ${size} contacts when it was approved and is ${counted} now.`
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

/** Nothing newer of the campaign went out or is going to: what was missed may still be sent, and not twice. */
const stillAsks = `exists (
  select 1 from campaign c left join schedule s on s.campaign_id = c.id
   where c.id = held.campaign_id and c.state = 'scheduled' and (s.repeat is not null or s.next_at is null)
     and not exists (select 1 from run newer where newer.campaign_id = c.id and newer.id > held.id))`;

/** `personId`: who pulls it, or null when the installation does. */
export type RunLever = { workspaceId: Id; action: RunAction; personId: Id | null };

/**
 * Pause, resume, cancel: one row, one fence, and with it the line that says who did. What has its permit already is
 * counted behind it, in the same round trip. Like all that must stop something it has the ledger's connections, where nothing long is asked.
 */
export async function moveRunOf(db: Db, of: RunLever & { runId: Id }): Promise<Moved> {
  const targets = Object.fromEntries(statesFor(of.action).map((state) => [state, moveRun(state, of.action)]));
  const move = {
    name: "move run",
    text: `with held as (select id, state, campaign_id from run where id = $1 and workspace_id = $2 for update),
     moved as (
       update run r set state = $3::jsonb ->> held.state, epoch = r.epoch + 1, state_because = null, moved_at = chorus_now()
         from held where r.id = held.id and $3::jsonb ? held.state
                     and (held.state <> 'missed' or $4 <> 'resume' or ${stillAsks})
       returning r.id, r.state, ${notifySql("run", "r.id")}
     ),
     noted as (
       insert into audit (workspace_id, person_id, action, subject)
       select $2, $5::bigint, 'run.' || $4::text, 'run:' || id from moved
     )
     select coalesce((select state from moved), held.state) as state, exists (select 1 from moved) as moved from held`,
    values: [of.runId, of.workspaceId, JSON.stringify(targets), of.action, of.personId],
  };
  const [moves, inFlight] = await inOneTrip(db.ledger, [move, inFlightOfRun(of.runId)]);
  const row: { state: RunState; moved: boolean } | undefined = moves?.rows[0];
  if (!row?.moved) return { is: "refused", state: row?.state ?? null };
  return {
    is: "moved",
    runId: of.runId,
    state: row.state,
    alreadyWithProvider: inFlight?.rows[0].count,
  };
}

export type MovedRuns = { readonly campaign: CampaignState; readonly moves: readonly Moved[] };

/**
 * Pulls a lever on a campaign: pause and cancel on all of its runs that are not over, of which there is seldom more than
 * one; resume on those that are paused, or else on the newest. Null: there has been no run yet, or there is no such campaign.
 */
export async function moveRunsOf(db: Db, of: RunLever & { campaignId: Id }): Promise<MovedRuns | null> {
  const states = of.action === "resume" ? ["paused"] : statesFor(of.action).filter((state) => state !== "cancelled");
  const { rows } = await db.ledger.query<{ id: Id; campaign: CampaignState; asked: boolean }>({
    name: "runs to move",
    text: `select r.id, c.state as campaign, r.state = any($3) as asked from run r join campaign c on c.id = r.campaign_id
            where r.campaign_id = $1 and r.workspace_id = $2
              and (r.state = any($3) or r.id = (select max(id) from run where campaign_id = $1)) order by r.id desc`,
    values: [of.campaignId, of.workspaceId, states],
  });
  const newest = rows[0];
  if (!newest) return null;
  const asked = rows.filter((row) => row.asked);
  const moves: Moved[] = [];
  for (const { id } of asked.length > 0 ? asked : [newest]) moves.push(await moveRunOf(db, { ...of, runId: id }));
  return { campaign: newest.campaign, moves };
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
