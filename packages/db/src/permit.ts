/**
 * Step two of a send, and the promise: no byte leaves before this statement has committed. It looks once more at
 * everything that may have changed since planning, and answers every message it was asked about.
 */
import type { Id } from "@chorus/core/id";
import { messageClasses, messageStates, type SkipReason } from "@chorus/core/message";
import { lockMessages } from "./lock-messages.ts";
import { type Db, inTransaction, type Sql } from "./open.ts";
import { consentedSql, opensSql, quietSql, refusalSql, suppressedSql, zonesSql } from "./rules-sql.ts";
import { messageSql, sendSql } from "./whole-key-sql.ts";

export type Permit =
  | { is: "send"; attempt: number }
  | { is: "skipped"; reason: SkipReason }
  | { is: "expired" }
  | { is: "wait" }
  /** The run is not sending, the account is left alone for now, or the lease is no longer ours. */
  | { is: "hand_back" };

export type PermitWish = {
  readonly messageId: Id;
  readonly leaseToken: string;
  /** It goes ahead of the others through an account that is left alone. */
  readonly isProbe?: boolean;
};

/** Half a lease: a worker that was stopped longer than this between permit and write must not send. */
export const permitMs = 5_000;

const { marketing } = messageClasses;
const hours = { zones: "zones", from: "hour_from", to: "hour_to" };

/** Answers in the order of the wishes. */
export async function permit(
  db: Pick<Db, "sql"> & { ledger: Sql },
  wishes: readonly PermitWish[],
  sendWithinMs: number,
): Promise<Permit[]> {
  const { rows } = await db.ledger.query<Answer>({
    name: "permit",
    text: `with clock as materialized (select chorus_now() as now),
     asked as (
       select * from unnest($1::bigint[], $2::uuid[], $4::boolean[]) with ordinality as a(message_id, lease_token, is_probe, place)
     ),
     held as materialized (
       select d.*, a.is_probe, a.place from due d join asked a on a.message_id = d.message_id and a.lease_token = d.lease_token
        where d.state = 1 order by d.message_id for update of d
     ),
     terms as materialized (
       select r.id as run_id, n.no as channel_no, case when w.stopped_at is null then r.state else 'stopped' end as run_state,
              k.blocked_until > clock.now as blocked, coalesce((x.rules ->> 'needsConsent')::boolean, false) as needs_consent,
              x.rules ->> 'holds' = 'wait' as waits, x.rules ->> 'timeZone' as time_zone,
              (x.rules -> 'hours' ->> 'from')::int as hour_from, (x.rules -> 'hours' ->> 'to')::int as hour_to,
              (x.rules -> 'cap' ->> 'count')::int as cap_count, (x.rules -> 'cap' ->> 'days')::int as cap_days
         from (select distinct run_id, channel_no from held) h
         join run r on r.id = h.run_id
         join workspace w on w.id = r.workspace_id
         join channel n on n.no = h.channel_no
         left join carrier k on k.workspace_id = r.workspace_id and k.channel_no = h.channel_no
        cross join lateral (select r.plan -> 'rules' -> n.id as rules) x, clock
     ),
     looked as materialized (
       select h.message_id, h.run_id, h.channel_no, h.class, h.attempt, h.lease_until, h.expires_at, m.contact_id,
              row_number() over (order by h.place) as place, clock.now, t.run_state, t.blocked and not h.is_probe as blocked,
              t.hour_from, t.hour_to, of_class.waits, case when of_class.waits then t.cap_count end as cap_count, t.cap_days,
              coalesce(${zonesSql("c")}, array[t.time_zone]) as zones,
              coalesce(s.address, a.value, d.address) is null as unreachable,
              ${suppressedSql({ workspace: "m.workspace_id", channel: "m.channel_no", addressHash: "m.address_hash", class: "h.class" })} as suppressed,
              t.needs_consent and h.class = ${marketing} and m.destination_id is null
                and not ${consentedSql({ contact: "m.contact_id", channel: "m.channel_no" })} as no_consent
         from held h
         join terms t on t.run_id = h.run_id and t.channel_no = h.channel_no
        cross join ${messageSql("h")} m
         left join contact c on c.id = m.contact_id
         left join address a on a.contact_id = m.contact_id and a.channel_no = m.channel_no
         left join destination d on d.id = m.destination_id
         left join ${sendSql("h")} s on true
        cross join lateral (select t.waits and h.class = ${marketing} as waits) of_class, clock
     ),
     counted as materialized (
       select count_and_hold(array_agg(message_id order by place), array_agg(case when cap_count is not null then contact_id end order by place),
                             array_agg(channel_no order by place), array_agg(class order by place),
                             array_agg(now - make_interval(days => cap_days) order by place)) as sent
         from looked having bool_or(cap_count is not null)
     ),
     weighed as (
       select l.*, found.reason,
              case when run_state <> 'sending' or lease_until <= now or blocked then 'hand_back'
                   when expires_at <= now then 'expired'
                   when found.reason is not null then 'skipped'
                   when waits and ${quietSql({ ...hours, at: "now" })} then 'wait'
                   else 'send' end as verdict
         from looked l cross join lateral (
           select ${refusalSql({ noAddress: "unreachable", suppressed: "suppressed", noConsent: "no_consent" })} as reason) found
     ),
     measured as (
       select w.*, verdict in ('send', 'wait') and cap_count is not null and cap_count <= (select sent from counted)[place] + count(*) filter (where verdict = 'send')
                     over (partition by contact_id, channel_no, class order by place rows between unbounded preceding and 1 preceding) as capped
         from weighed w
     ),
     judged as materialized (
       select message_id, run_id, attempt, now, zones, hour_from, hour_to,
              case when capped then 'skipped' else verdict end as verdict, case when capped then 'frequency_cap' else reason end as reason
         from measured
     ),
     moved as (
       update due d
          set state = case when j.verdict = 'send' then ${messageStates.sending} else ${messageStates.waiting} end,
              attempt = d.attempt + case when j.verdict = 'send' then 1 else 0 end,
              send_until = case when j.verdict = 'send' then j.now + make_interval(secs => $3) end,
              lease_token = case when j.verdict = 'send' then d.lease_token end,
              not_before = case when j.verdict <> 'wait' then d.not_before else
                ${opensSql({ zones: "j.zones", from: "j.hour_from", to: "j.hour_to", now: "j.now" })} end
         from judged j where d.message_id = j.message_id and j.verdict in ('send', 'wait', 'hand_back')
       returning d.message_id, d.run_id, d.attempt, j.verdict
     )
     select message_id as "messageId", run_id as "runId", attempt, verdict, null as reason from moved
      union all
     select message_id, run_id, attempt, verdict, reason from judged where verdict in ('skipped', 'expired')`,
    values: [
      wishes.map((wish) => wish.messageId),
      wishes.map((wish) => wish.leaseToken),
      sendWithinMs / 1000,
      wishes.map((wish) => wish.isProbe ?? false),
    ],
  });
  const answers = new Map(rows.map((row) => [row.messageId, row]));
  const unsent = wishes.flatMap(({ messageId, leaseToken }) => {
    const answer = answers.get(messageId);
    return answer?.verdict === "skipped" || answer?.verdict === "expired" ? [{ ...answer, leaseToken }] : [];
  });
  if (unsent.length > 0) await closeUnsent(db, unsent);
  return wishes.map(({ messageId }) => toPermit(answers.get(messageId)));
}

type Verdict = "send" | "wait" | "hand_back" | "skipped" | "expired";
type Answer = { messageId: Id; runId: Id; attempt: number; verdict: Verdict; reason: SkipReason | null };

/** Dying before this gives the lease back, and the message is judged again. */
async function closeUnsent(db: Pick<Db, "sql">, unsent: readonly (PermitWish & Answer)[]): Promise<void> {
  await inTransaction(db, async (sql) => {
    await lockMessages(sql, unsent);
    await sql.query(
      `with given as (select * from unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[]) as g(message_id, lease_token, verdict, reason)),
       gone as (
         delete from due d using given g where d.message_id = g.message_id and d.lease_token = g.lease_token and d.state = 1
         returning d.run_id, d.message_id, d.attempt, g.verdict, g.reason
       )
       update message m
          set state = case g.verdict when 'skipped' then ${messageStates.skipped} else ${messageStates.expired} end,
              reason = case g.verdict when 'skipped' then g.reason end, attempt = g.attempt, settled_at = chorus_now()
         from gone g where m.run_id = g.run_id and m.id = g.message_id`,
      [
        unsent.map((each) => each.messageId),
        unsent.map((each) => each.leaseToken),
        unsent.map((each) => each.verdict),
        unsent.map((each) => each.reason),
      ],
    );
  });
}

/** What was not moved has no answer, and what is not recorded is not sent. */
function toPermit(answer: Answer | undefined): Permit {
  switch (answer?.verdict) {
    case "send":
      return { is: "send", attempt: answer.attempt };
    case "skipped":
      return { is: "skipped", reason: answer.reason ?? "suppressed" };
    case "expired":
      return { is: "expired" };
    case "wait":
      return { is: "wait" };
    default:
      return { is: "hand_back" };
  }
}
