/** Step one of a send: a worker takes due messages of one lane for a while. Cheap and reversible. */
import type { Id } from "@chorus/core/id";
import { classNamed, type MessageClass, messageClasses } from "@chorus/core/message";
import type { Picked } from "@chorus/core/picks";
import type { Lane } from "@chorus/core/plan";
import { showPicks } from "./message-picks.ts";
import type { Db } from "./open.ts";
import { type SendCopy, sendColumn } from "./send-copy.ts";
import { anyDueSql, messageSql, sendSql } from "./whole-key-sql.ts";

/** A message in a worker's hands, with all that rendering and sending need. */
export type Leased = {
  readonly runId: Id;
  readonly messageId: Id;
  readonly workspaceId: Id;
  readonly campaignId: Id | null;
  readonly leaseToken: string;
  readonly channel: string;
  readonly class: MessageClass;
  /** Null for a single send whose words came with it. */
  readonly variantId: Id | null;
  /** What a single send says; null for what a campaign planned. */
  readonly send: SendCopy | null;
  readonly locale: string;
  /** null when the contact's address, or the destination, has gone since the message was planned. */
  readonly address: string | null;
  readonly firstName: string | null;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
  /** What `{{picks}}` shows. */
  readonly picks: readonly Picked[];
  readonly at: Date;
};

export const leaseMs = 10_000;

export type LeaseWish = Lane & {
  readonly workerId: Id;
  readonly limit: number;
  /** Another number for some workspaces; with 0 they are passed over. */
  readonly rooms?: readonly { readonly workspaceId: Id; readonly limit: number }[];
};

/** A lease that comes back, and for how long the message is not to be leased again. */
export type Back = { readonly messageId: Id; readonly leaseToken: string; readonly inMs?: number };

type Row = {
  run_id: Id;
  message_id: Id;
  workspace_id: Id;
  campaign_id: Id | null;
  lease_token: string;
  class: number;
  variant_id: Id | null;
  send: SendCopy | null;
  locale: string;
  address: string | null;
  first_name: string | null;
  fields: Leased["fields"] | null;
  has_picks: boolean;
  at: Date;
};

/**
 * Picks the workspace first (least recently served), then its run, then that run's due messages of the lane: many runs are
 * not more than one. Picking over all runs at once had to wade through every paused run's rows: 132 ms against 4 ms with
 * 125,000 of them ahead.
 */
export async function lease(db: Db, wish: LeaseWish): Promise<Leased[]> {
  const { rows } = await db.ledger.query<Row>({
    name: "lease",
    text: `with clock as materialized (select chorus_now() as now),
     waiting as (
       select r.id, r.workspace_id, r.served_at, coalesce(o.at_most, $3) as at_most
         from run r join workspace w on w.id = r.workspace_id and w.stopped_at is null
         left join unnest($7::bigint[], $8::integer[]) as o(workspace_id, at_most) on o.workspace_id = r.workspace_id, clock
        where r.state = 'sending' and coalesce(o.at_most, $3) > 0
          and ${anyDueSql("r.id", "d.channel_no = $1 and d.lane = $2 and d.class = $6 and d.state = 0 and d.not_before <= clock.now")}
          and not exists (select 1 from carrier k where k.workspace_id = r.workspace_id and k.channel_no = $1
                           and k.blocked_until > clock.now)
     ),
     chosen as materialized (
       select id, at_most from waiting
        order by max(served_at) over (partition by workspace_id) nulls first, served_at nulls first, id limit 1
     ),
     picked as materialized (
       select d.message_id from due d, clock
        where d.run_id = (select id from chosen) and d.channel_no = $1 and d.lane = $2 and d.class = $6 and d.state = 0
          and d.not_before <= clock.now and d.expires_at > clock.now
        order by d.not_before, d.message_id limit (select at_most from chosen) for update of d skip locked
     ),
     leased as (
       update due d set state = 1, lease_token = gen_random_uuid(), worker_id = $4,
                        lease_until = clock.now + make_interval(secs => $5)
         from picked, clock where d.message_id = picked.message_id
       returning d.message_id, d.run_id, d.lease_token, d.class
     ),
     served as (
       update run set served_at = (select now from clock)
        where id = (select r.id from run r where r.id = (select id from chosen) for no key update skip locked)
     )
     select l.run_id, l.message_id, m.workspace_id, r.campaign_id, l.lease_token, l.class, m.variant_id, m.locale,
            ${sendColumn}, coalesce(s.address, a.value, t.address) as address, coalesce(s.fields ->> 'first_name', c.first_name) as first_name,
            coalesce(c.fields, '{}') || coalesce(s.fields, '{}') as fields, r.has_picks, m.created_at as at
       from leased l
       join run r on r.id = l.run_id
      cross join ${messageSql("l")} m
       left join contact c on c.id = m.contact_id
       left join address a on a.contact_id = m.contact_id and a.channel_no = m.channel_no
       left join destination t on t.id = m.destination_id
       left join ${sendSql("l")} s on true`,
    values: [
      db.channels.noOf(wish.channel),
      wish.lane,
      wish.limit,
      wish.workerId,
      leaseMs / 1000,
      messageClasses[wish.class],
      wish.rooms?.map(({ workspaceId }) => workspaceId) ?? [],
      wish.rooms?.map(({ limit }) => limit) ?? [],
    ],
  });
  if (!rows[0]?.has_picks) return rows.map((row) => toLeased(row, wish.channel, [])); // a lease is of one run
  const picks = await showPicks(
    db.ledger,
    rows.map((row) => ({ runId: row.run_id, messageId: row.message_id })),
  );
  return rows.map((row) => toLeased(row, wish.channel, picks.get(row.message_id) ?? []));
}

function toLeased(row: Row, channel: string, picks: readonly Picked[]): Leased {
  return {
    runId: row.run_id,
    messageId: row.message_id,
    workspaceId: row.workspace_id,
    campaignId: row.campaign_id,
    leaseToken: row.lease_token,
    channel,
    class: classNamed(row.class),
    variantId: row.variant_id,
    send: row.send,
    locale: row.locale,
    address: row.address,
    firstName: row.first_name,
    fields: row.fields ?? {},
    picks,
    at: row.at,
  };
}

/**
 * Gives leases back unsent, as when the process is told to stop. Also what was permitted, for a caller that knows that it
 * handed nothing over: a permit whose answer was lost with the connection may have been committed.
 */
export async function handBack(db: Db, messages: readonly Back[]): Promise<void> {
  await db.sql.query(
    `update due d set state = 0, lease_token = null, lease_until = null, send_until = null, worker_id = null,
                      not_before = case when given.in_s > 0 then chorus_now() + make_interval(secs => given.in_s) else d.not_before end
       from unnest($1::bigint[], $2::uuid[], $3::float8[]) as given(message_id, lease_token, in_s)
      where d.message_id = given.message_id and d.lease_token = given.lease_token and d.state in (1, 2)`,
    [
      messages.map((each) => each.messageId),
      messages.map((each) => each.leaseToken),
      messages.map((each) => (each.inMs ?? 0) / 1_000),
    ],
  );
}
