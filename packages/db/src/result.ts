/** Step three of a send: what became of it, in one statement for a whole batch. */
import type { Id } from "@chorus/core/id";
import { messageStates, type Settlement, sendWithinMs } from "@chorus/core/message";
import { scopeOf } from "@chorus/core/suppression";
import type { QueryConfig } from "pg";
import { brakeRuns, isCounted, strike } from "./brakes.ts";
import { isProvenSql, proveUnsent } from "./doubts.ts";
import { notifySql } from "./fence.ts";
import { lockMessages, lockStatement } from "./lock-messages.ts";
import { type Db, inOneBreath, inTransaction } from "./open.ts";

export type Result = {
  readonly runId: Id;
  readonly messageId: Id;
  readonly attempt: number;
  readonly settlement: Settlement;
};

/**
 * Matched on message and attempt, so that a zombie's late answer never settles a newer attempt. An answer that comes
 * after its message was listed as doubt is evidence and resolves the doubt. Answers the runs that are held from now on,
 * because what was said about us or our words has been said too often.
 */
export async function recordResults(db: Db, workerId: Id, results: readonly Result[]): Promise<Id[]> {
  const rows = results.map(toRow);
  const counted = rows.filter(({ reason }) => isCounted(reason));
  const others = rows.filter(({ reason }) => !isCounted(reason));
  if (others.length > 0) await inOneBreath(db.ledger, [lockStatement(others), recordStatement(workerId, others)]);
  if (counted.length > 0) await recordCounted(db, workerId, counted);
  await proveUnsent(
    db,
    rows.filter((row) => row.outcome === "deferred"),
  );
  const braking = rows.filter((row) => row.about !== null).map((row) => row.runId);
  return braking.length === 0 ? [] : await brakeRuns(db, [...new Set(braking)]);
}

/** In one transaction with what they may end in. */
async function recordCounted(db: Db, workerId: Id, rows: readonly Row[]): Promise<void> {
  await inTransaction({ sql: db.ledger }, async (sql) => {
    await lockMessages(sql, rows);
    await sql.query(recordStatement(workerId, rows));
    for (const reason of new Set(rows.map((row) => row.reason ?? "")))
      await strike(sql, { messages: rows.filter((row) => row.reason === reason), reason, source: "provider" });
  });
}

function recordStatement(workerId: Id, rows: readonly Row[]): QueryConfig {
  const column = <K extends keyof Row>(name: K) => rows.map((row) => row[name]);
  return {
    name: "record",
    text: recordSql,
    values: [
      column("runId"),
      column("messageId"),
      column("attempt"),
      column("outcome"),
      column("state"),
      column("reason"),
      column("detail"),
      column("providerMessageId"),
      column("costMicros"),
      column("currency"),
      column("waitMs"),
      column("suppress"),
      column("scope"),
      workerId,
      column("about"),
    ],
  };
}

const recordSql = `with clock as materialized (select chorus_now() as now),
     given as materialized (
       select * from unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::text[], $5::smallint[], $6::text[], $7::text[], $8::text[],
                            $9::bigint[], $10::char(3)[], $11::bigint[], $12::text[], $13::text[], $15::text[])
         as g(run_id, message_id, attempt, outcome, state, reason, detail, provider_message_id, cost_micros, currency, wait_ms, suppress, scope, about)
     ),
     open as materialized (
       select g.*, d.send_until - interval '${sendWithinMs} milliseconds' as permitted_at
         from given g join due d on d.message_id = g.message_id
        where d.state = ${messageStates.sending} and d.attempt = g.attempt for update of d
     ),
     late as materialized (
       select g.*, m.permitted_at from given g join message m on m.run_id = g.run_id and m.id = g.message_id
        where m.state in (${messageStates.in_doubt}, ${messageStates.in_doubt_final}) and m.attempt = g.attempt
          and g.outcome in ('accepted', 'failed') for update of m
     ),
     known as (select * from open union all select * from late),
     postponed as (
       update due d set state = ${messageStates.waiting}, lease_token = null, lease_until = null, send_until = null,
                        not_before = clock.now + make_interval(secs => o.wait_ms / 1000.0)
         from open o, clock where d.message_id = o.message_id and o.outcome = 'deferred'
     ),
     closed as (delete from due d using open o where d.message_id = o.message_id and o.outcome <> 'deferred'),
     settled as (
       update message m set state = case when k.outcome = 'in_doubt' and ${isProvenSql} then ${messageStates.accepted} else k.state end, reason = k.reason, attempt = k.attempt, settled_at = clock.now,
              permitted_at = k.permitted_at,
              provider_message_id = coalesce(k.provider_message_id, m.provider_message_id),
              cost_micros = k.cost_micros, currency = k.currency
         from known k, clock where m.run_id = k.run_id and m.id = k.message_id and k.outcome <> 'deferred'
       returning m.run_id, m.id, m.workspace_id, m.channel_no, m.address_hash, k.suppress, k.scope
     ),
     doubted as (
       insert into doubt (run_id, message_id, attempt, channel_no, permitted_at, worker_id, detail, ask_at)
       select o.run_id, o.message_id, o.attempt, m.channel_no, o.permitted_at,
              $14, o.detail, clock.now + make_interval(secs => o.wait_ms / 1000.0)
         from open o join message m on m.run_id = o.run_id and m.id = o.message_id, clock
        where o.outcome = 'in_doubt' and not (${isProvenSql})
       on conflict do nothing
     ),
     resolved as (
       update doubt d set resolved_at = clock.now, resolution = case l.outcome when 'accepted' then 'accepted' else 'not_accepted' end
         from late l, clock where d.run_id = l.run_id and d.message_id = l.message_id and d.attempt = l.attempt
     ),
     suppressed as (
       insert into suppression (workspace_id, channel_no, address_hash, scope, reason, source)
       select workspace_id, channel_no, address_hash, scope, suppress, 'provider' from settled
        where suppress is not null and address_hash is not null
       on conflict do nothing returning ${notifySql("addressHash", "encode(address_hash, 'hex')")}
     )
     insert into attempt (run_id, message_id, attempt, outcome, detail, worker_id, about)
     select run_id, message_id, attempt, outcome, detail, $14, about from given
      where outcome <> 'accepted' or attempt > 1`;

type Row = {
  runId: Id;
  messageId: Id;
  attempt: number;
  outcome: Settlement["is"];
  state: number;
  reason: string | null;
  detail: string;
  providerMessageId: string | null;
  costMicros: number | null;
  currency: string | null;
  waitMs: number | null;
  suppress: string | null;
  scope: string | null;
  about: "sender" | "content" | null;
};

function toRow({ runId, messageId, attempt, settlement }: Result): Row {
  const accepted = settlement.is === "accepted" ? settlement : null;
  const failed = settlement.is === "failed" ? settlement : null;
  return {
    runId,
    messageId,
    attempt,
    outcome: settlement.is,
    state: settlement.is === "deferred" ? messageStates.waiting : messageStates[settlement.is],
    reason: failed?.reason ?? null,
    detail: settlement.is === "accepted" ? "" : settlement.detail.slice(0, 500),
    providerMessageId: accepted?.providerMessageId ?? null,
    costMicros: accepted?.cost?.micros ?? null,
    currency: accepted?.cost?.currency ?? null,
    waitMs:
      settlement.is === "deferred" ? settlement.inMs : settlement.is === "in_doubt" ? settlement.askAfterMs : null,
    suppress: failed?.suppress ?? null,
    scope: failed?.suppress ? scopeOf(failed.suppress) : null,
    about: brakeOf(settlement),
  };
}

/** What is counted against a run. An account that is not trusted is paused at once instead. */
function brakeOf(settlement: Settlement): Row["about"] {
  if (settlement.is === "deferred") return settlement.about === "sender" ? "sender" : null;
  return settlement.is === "failed" && settlement.reason === "content" ? "content" : null;
}
