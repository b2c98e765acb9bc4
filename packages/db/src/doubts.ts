/** Messages handed over whose answer is unknown: listed, asked about where the provider can be asked, never guessed. */
import type { Id } from "@chorus/core/id";
import { classNamed, type MessageClass, messageStates } from "@chorus/core/message";
import { expirySql, laneSql } from "./lanes-sql.ts";
import { lockMessages } from "./lock-messages.ts";
import { type Db, inTransaction } from "./open.ts";
import { type SendCopy, sendColumn } from "./send-copy.ts";

/** What a look-up needs: the message as it was rendered, and when it was handed over. */
export type Doubt = {
  readonly runId: Id;
  readonly messageId: Id;
  readonly attempt: number;
  readonly workspaceId: Id;
  readonly campaignId: Id | null;
  readonly channel: string;
  readonly since: Date;
  readonly class: MessageClass;
  readonly variantId: Id | null;
  readonly send: SendCopy | null;
  readonly locale: string;
  readonly address: string | null;
  readonly firstName: string | null;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
};

export type DoubtAnswer =
  | { is: "accepted"; providerMessageId: string }
  | { is: "not_accepted" }
  | { is: "cannot_tell" };

/** After this many questions without an answer the doubt is left to a person. */
const questionsAtMost = 5;
const askAgainAfter = "interval '30 seconds'";

/** Takes doubts whose time to ask has come; each is taken by one worker and comes again later if it stays open. */
export async function takeDoubtsToAsk(db: Db, limit: number): Promise<Doubt[]> {
  const { rows } = await db.sql.query<Omit<Doubt, "channel" | "class"> & { channelNo: number; classNo: number }>(
    `with taken as (
       update doubt d set asked = asked + 1, ask_at = chorus_now() + ${askAgainAfter}
        where (run_id, message_id, attempt) in (
          select run_id, message_id, attempt from doubt where resolved_at is null and ask_at <= chorus_now()
           order by ask_at limit $1 for update skip locked)
       returning d.*
     )
     select t.run_id as "runId", t.message_id as "messageId", t.attempt, m.workspace_id as "workspaceId", r.campaign_id as "campaignId",
            t.channel_no as "channelNo", t.since, m.class as "classNo", m.variant_id as "variantId", m.locale,
            ${sendColumn}, coalesce(s.address, a.value, x.address) as address,
            coalesce(s.fields ->> 'first_name', c.first_name) as "firstName", coalesce(c.fields, '{}') || coalesce(s.fields, '{}') as fields
       from taken t
       join message m on m.run_id = t.run_id and m.id = t.message_id
       join run r on r.id = t.run_id
       left join contact c on c.id = m.contact_id
       left join address a on a.contact_id = m.contact_id and a.channel_no = m.channel_no
       left join destination x on x.id = m.destination_id
       left join send s on s.run_id = t.run_id and s.message_id = t.message_id`,
    [limit],
  );
  return rows.map(({ channelNo, classNo, ...row }) => ({
    ...row,
    channel: db.channels.idOf(channelNo),
    class: classNamed(classNo),
  }));
}

/**
 * Proof of acceptance settles the message, proof of non-acceptance lets it be sent again, and silence after several
 * questions leaves it to a person. A run that had finished around its doubts goes on for what is sent again.
 */
export async function answerDoubt(
  db: Db,
  of: { runId: Id; messageId: Id; attempt: number; answer: DoubtAnswer },
): Promise<void> {
  const providerMessageId = of.answer.is === "accepted" ? of.answer.providerMessageId : null;
  await inTransaction(db, async (sql) => {
    await lockMessages(sql, [of]);
    await sql.query(answerStatement, [of.runId, of.messageId, of.attempt, of.answer.is, providerMessageId]);
  });
}

const answerStatement = `with clock as materialized (select chorus_now() as now),
     answered as (
       update doubt d
          set resolved_at = clock.now, ask_at = null,
              resolution = case $4 when 'cannot_tell' then 'final' else $4 end
         from clock
        where d.run_id = $1 and d.message_id = $2 and d.attempt = $3 and d.resolved_at is null
          and ($4 <> 'cannot_tell' or d.asked >= ${questionsAtMost})
       returning d.run_id, d.message_id, d.attempt, d.resolution
     ),
     settled as (
       update message m
          set state = case a.resolution when 'accepted' then ${messageStates.accepted}
                                        when 'not_accepted' then ${messageStates.waiting} else ${messageStates.in_doubt_final} end,
              provider_message_id = coalesce($5, m.provider_message_id),
              settled_at = case a.resolution when 'not_accepted' then null else clock.now end
         from answered a, clock
        where m.run_id = a.run_id and m.id = a.message_id and m.state in (${messageStates.in_doubt}, ${messageStates.in_doubt_final})
       returning m.*
     ),
     reopened as (
       update run r set state = 'sending', finished_at = null from settled s
        where r.id = s.run_id and s.state = ${messageStates.waiting} and r.state = 'finished'
     )
     insert into due (message_id, run_id, channel_no, lane, class, not_before, expires_at, attempt)
     select s.id, s.run_id, s.channel_no, ${laneSql("s.class", "coalesce(s.contact_id, s.destination_id, s.id)")}, s.class,
            clock.now, coalesce(x.expires_at, ${expirySql("s.class", "s.created_at")}), s.attempt
       from settled s left join send x on x.run_id = s.run_id and x.message_id = s.id, clock where s.state = ${messageStates.waiting}
     on conflict do nothing`;
