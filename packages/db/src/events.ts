/** What providers and people tell us after a message left: each fact is recorded once, and delivery only moves up. */
import type { LateOutcome } from "@chorus/core/channel";
import { deliveryRank, type ProviderEvent } from "@chorus/core/event";
import type { Id, MessageRef } from "@chorus/core/id";
import { messageStates } from "@chorus/core/message";
import { pickAt } from "@chorus/core/picks";
import { redact } from "@chorus/core/redact";
import { brakeRuns } from "./brakes.ts";
import { hearFailure } from "./late-failures.ts";
import { linkUrlSql } from "./link-url-sql.ts";
import { type Db, inTransaction, type Sql } from "./open.ts";
import { suppress, suppressReader } from "./suppressions.ts";

export type CarrierRef = { readonly id: Id; readonly workspaceId: Id; readonly channel: string };

type AboutMessage = Extract<ProviderEvent, { is: "delivery" | "complained" }> & { message: MessageRef | null };
type Unmatched = Extract<ProviderEvent, { is: "unmatched" }>;
type AboutAddress = Exclude<ProviderEvent, { is: "delivery" | "complained" | "unmatched" }> & { addressHash: Buffer };

/** An event with the ids and hashes resolved that only the caller can open. */
export type HeardEvent = AboutMessage | AboutAddress | Unmatched;

/** Records a provider's report in one transaction. A repeated or shuffled report changes nothing. */
export async function recordProviderEvents(db: Db, carrier: CarrierRef, events: readonly HeardEvent[]): Promise<void> {
  await inTransaction(db, async (sql) => {
    for (const event of events) {
      const isNew = await keep(sql, carrier, event);
      if (isNew) await takeEffect(db, sql, carrier, event);
    }
  });
  const counted = events.flatMap((event) => (event.is === "delivery" && event.means && event.message) || []);
  if (counted.length > 0) await brakeRuns(db, [...new Set(counted.map((message) => message.runId))]);
}

async function takeEffect(db: Db, sql: Sql, carrier: CarrierRef, event: HeardEvent): Promise<void> {
  switch (event.is) {
    case "delivery": {
      const { means, message } = event;
      const goesAgain = means && message && (await hearFailure(db, sql, carrier, { ...event, means, message }));
      if (!goesAgain) await raiseDelivery(sql, carrier, event);
      return;
    }
    case "complained":
      if (event.message)
        await suppressReader(db, sql, { ...carrier, message: event.message, reason: "complaint", source: "feedback" });
      return;
    case "unmatched":
      return;
    default:
      return await hearPerson(db, sql, carrier, event);
  }
}

/** An id that somebody made up may open to a message that never was, and another workspace's is none of ours. */
async function keep(sql: Sql, carrier: CarrierRef, event: HeardEvent): Promise<boolean> {
  const message = "message" in event ? event.message : null;
  const { rowCount } = await sql.query(
    `insert into provider_event (carrier_id, key, kind, run_id, message_id, detail)
     select $1, $2, $3, m.run_id, m.id, $6
       from (select 1) event left join message m on m.run_id = $4 and m.id = $5 and m.workspace_id = $7
     on conflict do nothing`,
    [
      carrier.id,
      event.key,
      event.is === "delivery" ? event.delivery : event.is,
      message?.runId,
      message?.messageId,
      storedDetail(event),
      carrier.workspaceId,
    ],
  );
  return rowCount === 1;
}

/** What a person wrote stays out of the book of events; what nobody could read is kept, or nobody ever will. */
function storedDetail(event: HeardEvent): object {
  if (event.is === "unmatched") return { detail: event.detail, raw: event.raw };
  if (!("message" in event)) return {};
  const means = event.is === "delivery" && event.means ? { means: wordFor(event.means) } : {};
  return { detail: event.detail ? redact(event.detail) : null, ...means };
}

const wordFor = (means: LateOutcome): string => (means.is === "refused" ? means.reason : means.is);

/**
 * A report about a message in doubt is the evidence that settles it. What comes late about a hand-over whose failure has
 * sent the message round again is no news of the next one.
 */
async function raiseDelivery(sql: Sql, carrier: CarrierRef, event: Extract<AboutMessage, { is: "delivery" }>) {
  if (!event.message) return;
  await sql.query(
    `with raised as (
       update message m
          set delivery = case when $4 > m.delivery_rank then $5 else m.delivery end,
              delivery_rank = greatest(m.delivery_rank, $4::smallint),
              provider_message_id = coalesce(m.provider_message_id, $6),
              state = case when m.state in (${messageStates.in_doubt}, ${messageStates.in_doubt_final}) then ${messageStates.accepted} else m.state end
        where m.run_id = $1 and m.id = $2 and m.workspace_id = $3
          and not exists (select 1 from attempt a where a.run_id = $1 and a.message_id = $2 and a.attempt = $7 and a.outcome = 'undelivered')
       returning m.run_id, m.id, m.state
     )
     update doubt d set resolved_at = chorus_now(), resolution = 'accepted', ask_at = null
       from raised r where d.run_id = r.run_id and d.message_id = r.id and r.state = ${messageStates.accepted} and d.resolved_at is null`,
    [
      event.message.runId,
      event.message.messageId,
      carrier.workspaceId,
      deliveryRank(event.delivery),
      event.delivery,
      event.providerMessageId ?? null,
      event.attempt ?? null,
    ],
  );
}

async function hearPerson(db: Db, sql: Sql, carrier: CarrierRef, event: AboutAddress) {
  const at = { workspaceId: carrier.workspaceId, channel: carrier.channel, addressHash: event.addressHash };
  switch (event.is) {
    case "opted_out":
      await suppress(db, sql, { ...at, reason: "stop", source: "reply" });
      return await changeConsent(db, sql, { ...at, state: "withdrawn", source: "reply" });
    case "opted_in":
      await sql.query(
        "delete from suppression where workspace_id = $1 and channel_no = $2 and address_hash = $3 and reason = 'stop'",
        [at.workspaceId, db.channels.noOf(at.channel), at.addressHash],
      );
      return await changeConsent(db, sql, { ...at, state: "granted", source: "reply" });
    case "replied":
      await sql.query(
        `insert into activity (workspace_id, contact_id, event_id, kind, at)
         select $1, contact_id, $4, 'reply', chorus_now() from address where workspace_id = $1 and channel_no = $2 and hash = $3
         on conflict do nothing`,
        [at.workspaceId, db.channels.noOf(at.channel), at.addressHash, `reply:${carrier.id}:${event.key}`],
      );
  }
}

type AddressRef = { workspaceId: Id; channel: string; addressHash: Buffer };

/** Appends to the consent ledger of whoever has this address, and moves the newest line. */
async function changeConsent(db: Db, sql: Sql, of: AddressRef & { state: "granted" | "withdrawn"; source: string }) {
  await sql.query(
    `with line as (
       insert into consent_event (workspace_id, contact_id, channel_no, purpose, state, evidence)
       select a.workspace_id, a.contact_id, a.channel_no, 'marketing', $4, jsonb_build_object('source', $5::text)
         from address a join contact c on c.id = a.contact_id
        where a.workspace_id = $1 and a.channel_no = $2 and a.hash = $3 for key share of c
       returning id, contact_id, channel_no, purpose, state
     )
     insert into consent (contact_id, channel_no, purpose, state, event_id)
     select contact_id, channel_no, purpose, state, id from line
     on conflict (contact_id, channel_no, purpose) do update set state = excluded.state, event_id = excluded.event_id`,
    [of.workspaceId, db.channels.noOf(of.channel), of.addressHash, of.state, of.source],
  );
}

export type Unsubscribed = { is: "done"; locale: string; channel: string } | { is: "unknown" };

/** The opt-out behind a message's link. Doing it twice is no error; it works long after the run has ended. */
export async function unsubscribe(db: Db, ref: MessageRef): Promise<Unsubscribed> {
  return await inTransaction(db, async (sql): Promise<Unsubscribed> => {
    const { rows } = await sql.query<{
      workspace_id: Id;
      channel_no: number;
      address_hash: Buffer | null;
      locale: string;
    }>("select workspace_id, channel_no, address_hash, locale from message where run_id = $1 and id = $2", [
      ref.runId,
      ref.messageId,
    ]);
    const message = rows[0];
    if (!message?.address_hash) return { is: "unknown" };
    const channel = db.channels.idOf(message.channel_no);
    const at = { workspaceId: message.workspace_id, channel, addressHash: message.address_hash };
    await suppress(db, sql, { ...at, reason: "unsubscribed", source: "link" });
    await changeConsent(db, sql, { ...at, state: "withdrawn", source: "unsubscribe link" });
    return { is: "done", locale: message.locale, channel };
  });
}

/** Where a link of a message leads, as its variant stored it; null for a link that no message has. Records the first click. */
export async function recordClick(db: Db, of: MessageRef & { link: number }): Promise<string | null> {
  const { rows } = await db.sql.query<{ url: string | null }>(
    `with found as (
       select m.run_id, m.id, ${linkUrlSql} as url
         from message m left join variant v on v.id = m.variant_id
         left join send s on s.run_id = m.run_id and s.message_id = m.id
         left join message_picks k on k.run_id = m.run_id and k.message_id = m.id where m.run_id = $1 and m.id = $2
     ),
     clicked as (
       insert into click (run_id, message_id, link) select run_id, id, $3 from found where url is not null on conflict do nothing
     )
     select url from found`,
    [of.runId, of.messageId, of.link, pickAt(of.link)],
  );
  return rows[0]?.url ?? null;
}
