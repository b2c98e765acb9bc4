/** How each lane fares: one statement for the operators' page, which shows one workspace, and for the metrics, which show all. */
import type { Id } from "@chorus/core/id";
import { classNamed, type MessageClass } from "@chorus/core/message";
import { laneSql } from "./lanes-sql.ts";
import type { Db } from "./open.ts";

export type LaneSight = {
  readonly channel: string;
  readonly class: MessageClass;
  readonly lane: number;
  /** Could go out now, and nobody has taken them. */
  readonly due: number;
  readonly leased: number;
  /** Permitted, and the provider's answer is not yet recorded. */
  readonly sending: number;
  readonly inDoubt: number;
  /** For how long the oldest due message has been able to go; 0 where none is due. */
  readonly oldestDueInSeconds: number;
  /** Over the last beat of the living workers, some two seconds. */
  readonly permitsPerSecond: number;
  readonly permitsTotal: number;
};

/** Lanes in which something is, or ever was. Reads what is open, never the whole ledger. `null` counts every workspace. */
export async function readLanes(db: Db, workspaceId: Id | null): Promise<LaneSight[]> {
  const { rows } = await db.sql.query<Omit<LaneSight, "channel" | "class"> & { channelNo: number; class: number }>(
    statement,
    [workspaceId],
  );
  return rows.map(({ channelNo, class: no, ...rest }) => ({
    channel: db.channels.idOf(channelNo),
    class: classNamed(no),
    ...rest,
  }));
}

const statement = `
  with clock as materialized (select chorus_now() as now),
  counted as (
    select d.channel_no, d.class, d.lane,
           count(*) filter (where d.state = 0 and d.not_before <= clock.now and r.state in ('sending', 'cancelling')) as due,
           count(*) filter (where d.state = 1) as leased,
           count(*) filter (where d.state = 2) as sending,
           min(d.not_before) filter (where d.state = 0 and d.not_before <= clock.now and r.state = 'sending') as oldest,
           0::bigint as in_doubt, 0::float8 as per_second, 0::bigint as total
      from due d join run r on r.id = d.run_id, clock
     where $1::bigint is null or r.workspace_id = $1 group by 1, 2, 3
    union all
    select d.channel_no, m.class, ${laneSql("m.class", "coalesce(m.contact_id, m.destination_id, m.id)")},
           0, 0, 0, null, count(*), 0, 0
      from doubt d join message m on m.run_id = d.run_id and m.id = d.message_id
     where d.resolved_at is null and ($1::bigint is null or m.workspace_id = $1) group by 1, 2, 3
    union all
    select p."channelNo", p.class, p.lane, 0, 0, 0, null, 0, sum(p."perSecond"), 0
      from worker w, clock, jsonb_to_recordset(w.permits_now)
           as p("workspaceId" bigint, "channelNo" smallint, class smallint, lane smallint, "perSecond" float8)
     where w.alive_until > clock.now and ($1::bigint is null or p."workspaceId" = $1) group by 1, 2, 3
    union all
    select channel_no, class, lane, 0, 0, 0, null, 0, 0, sum(total)::bigint from lane_permits
     where $1::bigint is null or workspace_id = $1 group by 1, 2, 3
  )
  select channel_no as "channelNo", class, lane, sum(due)::int as due, sum(leased)::int as leased, sum(sending)::int as sending,
         sum(in_doubt)::int as "inDoubt", coalesce(extract(epoch from min(clock.now) - min(oldest)), 0)::float8 as "oldestDueInSeconds",
         sum(per_second)::float8 as "permitsPerSecond", sum(total)::float8 as "permitsTotal"
    from counted, clock group by 1, 2, 3 order by 1, 2, 3`;
