/** What else operators look at beside the lanes: runs with their books, provider accounts and open doubts. */
import type { Id } from "@chorus/core/id";
import type { RunState } from "@chorus/core/run";
import { untilReleased } from "./circuit.ts";
import type { Db } from "./open.ts";

export type RunSight = {
  readonly id: Id;
  readonly campaign: string;
  readonly state: RunState;
  readonly stateBecause: string | null;
  readonly startedAt: Date;
  readonly isExpanding: boolean;
  readonly books: {
    readonly planned: number;
    readonly accepted: number;
    readonly skipped: number;
    readonly failed: number;
    readonly expired: number;
    readonly cancelled: number;
    readonly inDoubt: number;
    readonly open: number;
  };
};

/** Those that can still move first, then the newest. */
export async function listRunSights(db: Db, of: { workspaceId: Id; limit: number }): Promise<RunSight[]> {
  const { rows } = await db.sql.query<Omit<RunSight, "books"> & RunSight["books"]>(
    `with shown as materialized (
       select r.* from run r where r.workspace_id = $1
        order by r.state in ('sending', 'paused', 'cancelling', 'held') desc, r.id desc limit $2)
     select r.id, coalesce(c.name, 'Single messages') as campaign, r.state, r.state_because as "stateBecause",
            r.started_at as "startedAt", coalesce(not e.done, false) and r.state in ('sending', 'paused') as "isExpanding", b.*
       from shown r left join campaign c on c.id = r.campaign_id left join run_expansion e on e.run_id = r.id
       cross join lateral (
         select coalesce(sum(planned), 0)::int as planned, coalesce(sum(accepted), 0)::int as accepted,
                coalesce(sum(skipped), 0)::int as skipped, coalesce(sum(failed), 0)::int as failed,
                coalesce(sum(expired), 0)::int as expired, coalesce(sum(cancelled), 0)::int as cancelled,
                coalesce(sum(in_doubt), 0)::int as "inDoubt", coalesce(sum(open), 0)::int as open
           from books where run_id = r.id) b
      order by r.state in ('sending', 'paused', 'cancelling', 'held') desc, r.id desc`,
    [of.workspaceId, of.limit],
  );
  return rows.map(({ id, campaign, state, stateBecause, startedAt, isExpanding, ...books }) => ({
    ...{ id, campaign, state, stateBecause, startedAt, isExpanding },
    books,
  }));
}

export type CarrierSight = {
  readonly channel: string;
  readonly provider: string;
  readonly account: string;
  /** 0 while it is free or paused. */
  readonly blockedForSeconds: number;
  /** When the present block ends; null while it is free or paused. */
  readonly blockedUntil: Date | null;
  /** Only a person lets it go on. */
  readonly isPaused: boolean;
  readonly because: string | null;
  /** Hand-overs of the last quarter of an hour that a provider refused or put off. */
  readonly troubles: number;
};

/** `null` lists every workspace's. */
export async function listCarrierSights(db: Db, workspaceId: Id | null): Promise<CarrierSight[]> {
  const { rows } = await db.sql.query<CarrierSight>(
    `select c.id as channel, k.provider, k.account,
            case when isfinite(k.blocked_until) then greatest(0, extract(epoch from k.blocked_until - chorus_now())) else 0 end::float8 as "blockedForSeconds",
            case when isfinite(k.blocked_until) and k.blocked_until > chorus_now() then k.blocked_until end as "blockedUntil",
            coalesce(k.blocked_until = ${untilReleased}, false) as "isPaused",
            case when k.blocked_until > chorus_now() then k.blocked_because end as because,
            (select count(*)::int from attempt a join message m on m.run_id = a.run_id and m.id = a.message_id
              where m.workspace_id = k.workspace_id and m.channel_no = k.channel_no and a.at > chorus_now() - interval '15 minutes'
                and a.outcome <> 'accepted' and a.run_id in (
                  select id from run where workspace_id = k.workspace_id and state in ('sending', 'paused', 'cancelling'))) as troubles
       from carrier k join channel c on c.no = k.channel_no
      where $1::bigint is null or k.workspace_id = $1 order by c.no, k.id limit 1000`,
    [workspaceId],
  );
  return rows;
}

export type DoubtSight = {
  readonly runId: Id;
  readonly messageId: Id;
  readonly channel: string;
  readonly since: Date;
  readonly detail: string;
  readonly worker: string | null;
  readonly willBeAsked: boolean;
};

/** The workspace's open doubts, the oldest first: how many there are, and the first of them. */
export async function listOpenDoubts(
  db: Db,
  of: { workspaceId: Id; limit: number },
): Promise<{ count: number; doubts: DoubtSight[] }> {
  const { rows } = await db.sql.query<DoubtSight & { count: number }>(
    `select d.run_id as "runId", d.message_id as "messageId", c.id as channel, d.since, d.detail, w.name as worker,
            d.ask_at is not null as "willBeAsked", (count(*) over ())::int as count
       from doubt d join run r on r.id = d.run_id join channel c on c.no = d.channel_no left join worker w on w.id = d.worker_id
      where r.workspace_id = $1 and d.resolved_at is null order by d.since, d.message_id limit $2`,
    [of.workspaceId, of.limit],
  );
  return { count: rows[0]?.count ?? 0, doubts: rows.map(({ count: _, ...doubt }) => doubt) };
}
