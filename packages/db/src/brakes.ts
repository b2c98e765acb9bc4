/**
 * Failures that are harmless once and mean something when they repeat. They are counted in the ledger, after the failures
 * have committed, so that whichever worker sees the last one sees them all; nothing is counted while all goes well.
 */
import type { Id, MessageRef } from "@chorus/core/id";
import { patienceWith, scopeOf } from "@chorus/core/suppression";
import { notifySql } from "./fence.ts";
import type { Db, Sql } from "./open.ts";

/** Refusals of our sender by one domain, or of the words by anybody, that hold a run. */
const senderBrake = { count: 20, minutes: 5 };
const contentBrake = { count: 10 };
/** Of the last so many messages whose end is known, this share filtered as spam pauses the sender. */
const filterBrake = { share: 0.05, among: 200 };

/**
 * Holds those of these runs whose messages are refused again and again for our sender or for their words, and says why.
 * Single sends share a run with strangers, so theirs is never held. Answers the runs that were held now.
 */
export async function brakeRuns(db: Db, runIds: readonly Id[]): Promise<Id[]> {
  const { rows } = await db.sql.query<{ id: Id }>(
    `with counted as (
       select r.id, 1 as place, format('%s messages %s were refused within ${senderBrake.minutes} minutes for who we are, as in: %s',
                     count(distinct t.message_id), coalesce('to ' || d.domain, 'by ' || c.id), max(t.detail)) as because
         from run r join attempt t on t.run_id = r.id and t.about = 'sender' and t.at > chorus_now() - interval '${senderBrake.minutes} minutes'
         join message m on m.run_id = t.run_id and m.id = t.message_id
         join channel c on c.no = m.channel_no
         left join address a on a.contact_id = m.contact_id and a.channel_no = m.channel_no
        cross join lateral (select nullif(split_part(a.value, '@', 2), '') as domain) d
        where r.id = any($1) and t.at > coalesce(r.moved_at, '-infinity')
        group by r.id, c.id, d.domain having count(distinct t.message_id) >= ${senderBrake.count}
       union all
       select r.id, 2, format('%s messages were refused for what they say, as in: %s', count(distinct t.message_id), max(t.detail))
         from run r join attempt t on t.run_id = r.id and t.about = 'content'
        where r.id = any($1) and t.at > coalesce(r.moved_at, '-infinity')
        group by r.id having count(distinct t.message_id) >= ${contentBrake.count}
     ),
     first as (select distinct on (id) id, because from counted order by id, place, because desc)
     update run r set state = 'held', state_because = first.because, epoch = r.epoch + 1
       from first where r.id = first.id and r.state = 'sending' and r.campaign_id is not null returning r.id`,
    [runIds],
  );
  return rows.map((row) => row.id);
}

/** Whether a failure of this kind is counted. */
export const isCounted = (reason: string | null): boolean => patienceWith(reason) !== null;

/** Notes that messages failed like this, and suppresses the addresses to which it has now happened too often. */
export async function strike(
  sql: Sql,
  of: { messages: readonly MessageRef[]; reason: string; source: string },
): Promise<void> {
  const patience = patienceWith(of.reason);
  if (!patience || of.messages.length === 0) return;
  const { rows } = await sql.query<Struck>(
    `insert into strike (workspace_id, channel_no, address_hash, reason, run_id, message_id)
     select m.workspace_id, m.channel_no, m.address_hash, $3, m.run_id, m.id
       from unnest($1::bigint[], $2::bigint[]) as g(run_id, message_id)
       join message m on m.run_id = g.run_id and m.id = g.message_id and m.address_hash is not null
     on conflict do nothing returning workspace_id, channel_no, address_hash`,
    [of.messages.map((each) => each.runId), of.messages.map((each) => each.messageId), of.reason],
  );
  if (rows.length === 0) return;
  await sql.query(
    `insert into suppression (workspace_id, channel_no, address_hash, scope, reason, source)
     select s.workspace_id, s.channel_no, s.address_hash, $4, 'unreachable', $5
       from unnest($1::bigint[], $2::smallint[], $3::bytea[]) as g(workspace_id, channel_no, address_hash)
       join strike s using (workspace_id, channel_no, address_hash)
      where s.reason = $6 and s.at > chorus_now() - make_interval(days => $7)
      group by 1, 2, 3 having count(*) >= $8
     on conflict do nothing returning ${notifySql("addressHash", "encode(address_hash, 'hex')")}`,
    [
      ...[rows.map((row) => row.workspace_id), rows.map((row) => row.channel_no), rows.map((row) => row.address_hash)],
      ...[scopeOf("unreachable"), of.source, of.reason, patience.days, patience.count],
    ],
  );
}

type Struck = { workspace_id: Id; channel_no: number; address_hash: Buffer };

/** Whether the carrier's newest messages, since a person last released it, are filtered as spam more often than a sender survives. */
export async function isFilteredOften(sql: Sql, carrierId: Id): Promise<boolean> {
  const { rows } = await sql.query<{ often: boolean }>(
    `select count(*) filter (where detail ->> 'means' = 'blocked') >= ${filterBrake.share * filterBrake.among} as often
       from (select e.detail from provider_event e join carrier k on k.id = e.carrier_id
              where k.id = $1 and e.kind in ('delivered', 'undelivered') and e.received_at > coalesce(k.released_at, '-infinity')
              order by e.received_at desc limit ${filterBrake.among}) newest`,
    [carrierId],
  );
  return rows[0]?.often ?? false;
}
