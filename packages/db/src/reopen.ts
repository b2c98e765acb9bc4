/**
 * A message that was handed over goes out once more: it is due again, and a run that had ended around it goes on. One that
 * was cancelled goes on with being cancelled, or the message would be open in it until its own life ends.
 */
import type { MessageRef } from "@chorus/core/id";
import { messageStates } from "@chorus/core/message";
import { reopenedRun } from "@chorus/core/run";
import { expirySql, laneSql } from "./lanes-sql.ts";
import type { Sql } from "./open.ts";

/**
 * The message is locked by the caller. With `onlyIfAlive` one whose life would be over by then, or whose run is called off,
 * stays as it is (false); without, the sweep then says of it what it says of all that were never sent.
 */
export async function reopen(sql: Sql, of: MessageRef & { inMs: number; onlyIfAlive: boolean }): Promise<boolean> {
  const { rowCount } = await sql.query(
    `with again as (
       select m.*, n.not_before, coalesce(s.expires_at, ${expirySql("m.class", "m.created_at")}) as expires_at
         from message m join run r on r.id = m.run_id and (not $4::boolean or r.state not in ('cancelling', 'cancelled'))
         left join send s on s.run_id = m.run_id and s.message_id = m.id,
         (select chorus_now() + make_interval(secs => $3) as not_before) n
        where m.run_id = $1 and m.id = $2
     ),
     opened as (
       update message m set state = ${messageStates.waiting}, settled_at = null
         from again a where m.run_id = a.run_id and m.id = a.id and (not $4::boolean or a.not_before < a.expires_at)
       returning m.run_id
     ),
     resumed as (
       update run r set state = $5::jsonb ->> r.state, finished_at = null from opened o where r.id = o.run_id and $5::jsonb ? r.state
     )
     insert into due (message_id, run_id, channel_no, lane, class, not_before, expires_at, attempt)
     select a.id, a.run_id, a.channel_no, ${laneSql("a.class", "coalesce(a.contact_id, a.destination_id, a.id)")}, a.class,
            a.not_before, a.expires_at, a.attempt
       from again a join opened o on o.run_id = a.run_id
     on conflict do nothing`,
    [of.runId, of.messageId, of.inMs / 1000, of.onlyIfAlive, JSON.stringify(reopenedRun)],
  );
  return rowCount === 1;
}
