/** Messages handed over whose answer is unknown: listed, looked at again when their time comes, never guessed. */
import type { Id, MessageRef } from "@chorus/core/id";
import { classNamed, type MessageClass, messageStates } from "@chorus/core/message";
import type { Picked } from "@chorus/core/picks";
import { expirySql } from "./lanes-sql.ts";
import { lockMessages } from "./lock-messages.ts";
import { type Db, inTransaction } from "./open.ts";
import { reopen } from "./reopen.ts";
import { type SendCopy, sendColumn } from "./send-copy.ts";

/** What a look-up needs, the message as it was rendered and when it was handed over, and what decides how it goes on. */
export type Doubt = {
  readonly runId: Id;
  readonly messageId: Id;
  readonly attempt: number;
  readonly workspaceId: Id;
  readonly campaignId: Id | null;
  readonly channel: string;
  /** When the hand-over began; it ended when the doubt was listed. */
  readonly permittedAt: Date;
  readonly class: MessageClass;
  readonly variantId: Id | null;
  readonly send: SendCopy | null;
  readonly locale: string;
  readonly address: string | null;
  readonly firstName: string | null;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
  /** Those that its hand-over showed. */
  readonly picks: readonly Picked[];
  /** Of the message, as it is rendered. */
  readonly at: Date;
  /** Looks before this one. */
  readonly asked: number;
  /** It has gone out a second time already. */
  readonly resent: boolean;
  readonly atMostOnce: boolean;
  /** It is still worth sending. */
  readonly alive: boolean;
};

export type DoubtAnswer =
  | { is: "accepted"; providerMessageId: string }
  | { is: "not_accepted" }
  /** Nobody knows, and it goes out once more: it may arrive twice. */
  | { is: "resent" }
  | { is: "expired" }
  /** Only a person can decide. */
  | { is: "final" };

/** Takes doubts whose time has come, what is urgent first; each is taken by one worker and comes again, later each time, while it stays open. */
export async function takeDoubts(db: Db, limit: number): Promise<Doubt[]> {
  // Every second, and mostly in vain: to plan the statement below takes longer than most others do.
  const due = await db.sql.query("select 1 from doubt where resolved_at is null and ask_at <= chorus_now() limit 1");
  if (due.rows.length === 0) return [];
  const { rows } = await db.sql.query<Omit<Doubt, "channel" | "class"> & { channelNo: number; classNo: number }>(
    `with taken as (
       update doubt d set asked = asked + 1, ask_at = chorus_now() + interval '1 minute' * (asked + 1)
        where (run_id, message_id, attempt) in (
          select o.run_id, o.message_id, o.attempt from doubt o join message m on m.run_id = o.run_id and m.id = o.message_id
           where o.resolved_at is null and o.ask_at <= chorus_now()
           order by m.class, o.ask_at limit $1 for update of o skip locked)
       returning d.*
     )
     select t.run_id as "runId", t.message_id as "messageId", t.attempt, m.workspace_id as "workspaceId", r.campaign_id as "campaignId",
            t.channel_no as "channelNo", coalesce(t.permitted_at, t.since) as "permittedAt", m.class as "classNo", m.variant_id as "variantId", m.locale,
            ${sendColumn}, coalesce(s.address, a.value, x.address) as address, m.created_at as at,
            coalesce(s.fields ->> 'first_name', c.first_name) as "firstName", coalesce(c.fields, '{}') || coalesce(s.fields, '{}') as fields,
            coalesce(k.shown, '[]') as picks, t.asked - 1 as asked, w.at_most_once as "atMostOnce",
            exists (select 1 from doubt b where b.run_id = t.run_id and b.message_id = t.message_id and b.resolution = 'resent') as resent,
            coalesce(s.expires_at, ${expirySql("m.class", "m.created_at")}) > chorus_now() as alive
       from taken t
       join message m on m.run_id = t.run_id and m.id = t.message_id
       join run r on r.id = t.run_id
       join workspace w on w.id = m.workspace_id
       left join contact c on c.id = m.contact_id
       left join address a on a.contact_id = m.contact_id and a.channel_no = m.channel_no
       left join destination x on x.id = m.destination_id
       left join send s on s.run_id = t.run_id and s.message_id = t.message_id
       left join message_picks k on k.run_id = t.run_id and k.message_id = t.message_id`,
    [limit],
  );
  return rows.map(({ channelNo, classNo, ...row }) => ({
    ...row,
    channel: db.channels.idOf(channelNo),
    class: classNamed(classNo),
  }));
}

/**
 * Settles a doubt: proof of acceptance settles the message, proof of the opposite or the class's policy lets it go out
 * again, and all others stay with a person, until there is proof after all. One that evidence has settled meanwhile stays
 * settled. A provider's message that another message already claims is no proof, and then nothing changes.
 */
export async function answerDoubt(
  db: Db,
  of: { runId: Id; messageId: Id; attempt: number; answer: DoubtAnswer },
): Promise<void> {
  const providerMessageId = of.answer.is === "accepted" ? of.answer.providerMessageId : null;
  await inTransaction(db, async (sql) => {
    await lockMessages(sql, [of]);
    const { rows } = await sql.query<{ state: number }>(answerStatement, [
      ...[of.runId, of.messageId, of.attempt, of.answer.is, providerMessageId],
    ]);
    if (rows[0]?.state === messageStates.waiting) await reopen(sql, { ...of, inMs: 0, onlyIfAlive: false });
  });
}

const answerStatement = `with clock as materialized (select chorus_now() as now),
     answered as (
       update doubt d set resolved_at = clock.now, ask_at = null, resolution = $4 from clock
        where d.run_id = $1 and d.message_id = $2 and d.attempt = $3
          and (d.resolved_at is null or (d.resolution = 'final' and $4 in ('accepted', 'not_accepted')))
          and not exists (select 1 from message m join message other on other.workspace_id = m.workspace_id
                           and other.address_hash = m.address_hash and (other.run_id, other.id) <> (m.run_id, m.id)
                         where m.run_id = $1 and m.id = $2 and other.provider_message_id = $5)
       returning d.run_id, d.message_id
     )
     update message m
        set state = case $4 when 'accepted' then ${messageStates.accepted} when 'expired' then ${messageStates.expired}
                            when 'final' then ${messageStates.in_doubt_final} else ${messageStates.waiting} end,
            provider_message_id = coalesce($5, m.provider_message_id), settled_at = clock.now
       from answered a, clock
      where m.run_id = a.run_id and m.id = a.message_id and m.state in (${messageStates.in_doubt}, ${messageStates.in_doubt_final})
     returning m.state`;

/** Of a message `m`: a callback was faster than the answer that never came, and it cannot be about an earlier attempt. */
export const isProvenSql = `m.delivery_rank > 0 and not exists (
  select 1 from attempt a where a.run_id = m.run_id and a.message_id = m.id and a.outcome = 'undelivered')`;

export type HandOverRef = MessageRef & { readonly attempt: number };

/** Nobody has known better yet: also what was left to a person, who may be spared it. */
export const isUnprovenSql = (doubt: string) => `(${doubt}.resolved_at is null or ${doubt}.resolution = 'final')`;

/** The doubts that stand about these messages and were listed as this worker's. */
export async function doubtsOf(db: Db, workerId: Id, messageIds: readonly Id[]): Promise<HandOverRef[]> {
  const { rows } = await db.sql.query<HandOverRef>(
    `select run_id as "runId", message_id as "messageId", attempt from doubt
      where worker_id = $1 and message_id = any($2) and ${isUnprovenSql("doubt")}`,
    [workerId, messageIds],
  );
  return rows;
}

/**
 * Whoever made these hand-overs says that nothing was taken: a worker that was thought dead and only slept, for example.
 * What was listed as doubt meanwhile goes out again.
 */
export async function proveUnsent(db: Db, handOvers: readonly HandOverRef[]): Promise<void> {
  if (handOvers.length === 0) return;
  const { rows: doubted } = await db.sql.query<HandOverRef>(
    `select d.run_id as "runId", d.message_id as "messageId", d.attempt
       from unnest($1::bigint[], $2::bigint[], $3::smallint[]) as g(run_id, message_id, attempt)
       join doubt d using (run_id, message_id, attempt) where ${isUnprovenSql("d")}`,
    [
      handOvers.map((each) => each.runId),
      handOvers.map((each) => each.messageId),
      handOvers.map((each) => each.attempt),
    ],
  );
  for (const each of doubted) await answerDoubt(db, { ...each, answer: { is: "not_accepted" } });
}

/** Whether the workspace lets nothing go out a second time without proof. */
export async function readAtMostOnce(db: Db, workspaceId: Id): Promise<boolean> {
  const row = await db.prisma.workspace.findUnique({
    where: { id: BigInt(workspaceId) },
    select: { atMostOnce: true },
  });
  return row?.atMostOnce ?? false;
}

export async function setAtMostOnce(db: Db, of: { workspaceId: Id; atMostOnce: boolean }): Promise<void> {
  await db.prisma.workspace.update({ where: { id: BigInt(of.workspaceId) }, data: { atMostOnce: of.atMostOnce } });
}
