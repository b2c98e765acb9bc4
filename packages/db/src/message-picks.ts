/** The picks of messages: found once, when a message is planned, and looked at again each time it may leave. */

import type { FactSheet } from "@chorus/core/fact";
import type { Id, MessageRef } from "@chorus/core/id";
import type { Picked } from "@chorus/core/picks";
import { showsPicksSql } from "@chorus/core/picks";
import { answeredWithin, type Db, type Sql } from "./open.ts";
import { pickedSql, pickJson, shownSql } from "./picks-sql.ts";

/** A page of contacts on a machine that has much else to do. */
const patienceMs = 120_000;

/**
 * Picks for the messages of a run that `which` names (SQL on a message `m`) and whose words show any; one statement for all
 * of them. A message that has picks keeps them.
 */
export async function pickForMessages(
  sql: Sql,
  of: { runId: Id; which: string; values: readonly unknown[] },
): Promise<number> {
  const { rowCount } = await sql.query(
    answeredWithin(
      patienceMs,
      `with readers as materialized (
       select m.id as message_id, m.workspace_id, m.contact_id, coalesce(c.profiling, false) as profiling, coalesce(s.facts, v.facts) as facts
         from message m left join contact c on c.id = m.contact_id
         left join variant v on v.id = m.variant_id
         left join send s on s.run_id = m.run_id and s.message_id = m.id
         join channel n on n.no = m.channel_no
        where m.run_id = $1 and m.settled_at is null and ${of.which}
          and ${showsPicksSql("coalesce(s.content, v.contents -> n.id)")}
     )
     insert into message_picks (run_id, message_id, workspace_id, picks)
     select $1, r.message_id, r.workspace_id,
            (select coalesce(jsonb_agg(${pickJson} order by picked.place), '[]') from ${pickedSql("r")})
       from readers r
     on conflict do nothing`,
      [of.runId, ...of.values],
    ),
  );
  return rowCount ?? 0;
}

/**
 * What these messages show now, and writes down what has changed: one statement for a whole lease. What is sold out by
 * now makes room for the next.
 */
export async function showPicks(
  ledger: Sql,
  messages: readonly { runId: Id; messageId: Id }[],
): Promise<ReadonlyMap<Id, readonly Picked[]>> {
  const { rows } = await ledger.query<{ messageId: Id; shown: Picked[] }>({
    name: "show picks",
    text: `with asked as (select * from unnest($1::bigint[], $2::bigint[]) as a(run_id, message_id)),
     looked as materialized (
       select k.run_id, k.message_id, k.shown as before, ${shownSql("k.picks")} as shown
         from asked a cross join lateral (select * from message_picks where run_id = a.run_id and message_id = a.message_id offset 0) k
     ),
     noted as (
       update message_picks k set shown = l.shown from looked l
        where k.run_id = l.run_id and k.message_id = l.message_id and l.before is distinct from l.shown
     )
     select message_id as "messageId", shown from looked`,
    values: [messages.map(({ runId }) => runId), messages.map(({ messageId }) => messageId)],
  });
  return new Map(rows.map((row) => [row.messageId, row.shown]));
}

/** What a message showed at its last hand-over, or would show at its first, with the reasons. Empty where nothing was picked. */
export async function picksOf(db: Db, ref: MessageRef): Promise<Picked[]> {
  const { rows } = await db.sql.query<{ shown: Picked[] }>(
    "select shown from message_picks where run_id = $1 and message_id = $2",
    [ref.runId, ref.messageId],
  );
  return rows[0]?.shown ?? [];
}

/** What somebody would be shown now; without a contact, what anybody would of whom nothing is known. */
export async function picksFor(
  db: Db,
  of: { workspaceId: Id; contactId: Id | null; facts: FactSheet },
): Promise<Picked[]> {
  const { rows } = await db.sql.query<{ shown: Picked[] }>(
    `with reader as (
       select $1::bigint as workspace_id, $2::bigint as contact_id, $3::jsonb as facts,
              coalesce((select profiling from contact where id = $2 and workspace_id = $1), false) as profiling
     ),
     kept as (select coalesce(jsonb_agg(${pickJson} order by picked.place), '[]') as picks from reader r cross join ${pickedSql("r")})
     select ${shownSql("kept.picks")} as shown from kept`,
    [of.workspaceId, of.contactId, JSON.stringify(of.facts)],
  );
  return rows[0]?.shown ?? [];
}
