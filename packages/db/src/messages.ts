/** Finding messages in the ledger, newest first, by what a person knows: the contact, an address, a state, a reason, a run. */
import type { Id, MessageRef } from "@chorus/core/id";
import { classNamed, type MessageClass, type MessageState, messageStates } from "@chorus/core/message";
import type { Money } from "@chorus/core/money";
import { literally } from "./like.ts";
import type { Db } from "./open.ts";
import { openParams, type Params } from "./segment-sql.ts";

export type Message = {
  readonly id: Id;
  readonly runId: Id;
  readonly contactId: Id | null;
  readonly destinationId: Id | null;
  readonly channel: string;
  readonly class: MessageClass;
  readonly segmentId: Id | null;
  readonly variantId: Id | null;
  readonly locale: string;
  /** As it is now: what is still open shows how far it has come, and counts as cancelled once its run is being cancelled. */
  readonly state: MessageState;
  /** Why it was skipped or failed. */
  readonly reason: string | null;
  /** What a live workspace holds it back for. */
  readonly hold: string | null;
  readonly attempt: number;
  readonly delivery: string | null;
  readonly providerMessageId: string | null;
  readonly cost: Money | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
};

export type MessageSearch = {
  readonly workspaceId: Id;
  readonly contactId?: Id | undefined;
  /** The contact's name in the system it came from. */
  readonly contactExternalId?: string | undefined;
  readonly ref?: MessageRef | undefined;
  /** Words of what a provider answered, or of why it is in doubt. */
  readonly error?: string | undefined;
  /** Keyed hashes; several when the channel of an address is not known. */
  readonly addressHashes?: readonly Uint8Array[] | undefined;
  readonly runId?: Id | undefined;
  readonly channel?: string | undefined;
  readonly state?: MessageState | undefined;
  readonly reason?: string | undefined;
  readonly limit: number;
  /** The last message of the page before. */
  readonly after?: MessageRef | undefined;
};

/** At most `limit` messages; pages never overlap or skip, because no message ever changes its place. */
export async function searchMessages(db: Db, search: MessageSearch): Promise<Message[]> {
  const params = openParams();
  const { rows } = await db.sql.query<MessageLine>(
    `${messageLine(params, search.workspaceId)} ${conditions(db, search, params).join(" ")}
     order by m.run_id desc, m.id desc limit ${params.add(search.limit, "integer")}`,
    params.values,
  );
  return rows.map((row) => readLine(db, row));
}

/** One message of the workspace, or null. */
export async function getMessage(db: Db, of: { workspaceId: Id; ref: MessageRef }): Promise<Message | null> {
  const params = openParams();
  const { rows } = await db.sql.query<MessageLine>(
    `${messageLine(params, of.workspaceId)}
      and m.run_id = ${params.add(of.ref.runId, "bigint")} and m.id = ${params.add(of.ref.messageId, "bigint")}`,
    params.values,
  );
  return rows[0] ? readLine(db, rows[0]) : null;
}

type MessageLine = {
  id: Id;
  run_id: Id;
  contact_id: Id | null;
  destination_id: Id | null;
  channel_no: number;
  class: number;
  segment_id: Id | null;
  variant_id: Id | null;
  locale: string;
  shown_state: number;
  reason: string | null;
  hold: string | null;
  attempt: number;
  delivery: string | null;
  provider_message_id: string | null;
  cost_micros: string | null;
  currency: string | null;
  created_at: Date;
  settled_at: Date | null;
};

/** The same reading of an open row as the view `books`: waiting rows of a cancelling run are cancelled already. */
const shownState = `case when m.state <> ${messageStates.waiting} then m.state
  when r.state = 'cancelling' and d.state <> ${messageStates.sending} then ${messageStates.cancelled}
  else coalesce(d.state, m.state) end`;

const messageLine = (params: Params, workspaceId: Id): string => `
  select m.id, m.run_id, m.contact_id, m.destination_id, m.channel_no, m.class, m.segment_id, m.variant_id, m.locale,
         ${shownState} as shown_state, m.reason, m.hold, greatest(m.attempt, d.attempt) as attempt, m.delivery,
         m.provider_message_id, m.cost_micros, m.currency, m.created_at, m.settled_at
    from message m join run r on r.id = m.run_id left join due d on d.message_id = m.id
   where m.workspace_id = ${params.add(workspaceId, "bigint")}`;

function conditions(db: Db, search: MessageSearch, params: Params): string[] {
  const found: string[] = [];
  if (search.contactId !== undefined) found.push(`and m.contact_id = ${params.add(search.contactId, "bigint")}`);
  if (search.contactExternalId !== undefined)
    found.push(
      `and m.contact_id = (select id from contact where workspace_id = m.workspace_id and external_id = ${params.add(search.contactExternalId, "text")})`,
    );
  if (search.ref !== undefined)
    found.push(
      `and m.run_id = ${params.add(search.ref.runId, "bigint")} and m.id = ${params.add(search.ref.messageId, "bigint")}`,
    );
  if (search.error !== undefined) found.push(`and ${tellsOf(params.add(`%${literally(search.error)}%`, "text"))}`);
  if (search.addressHashes !== undefined)
    found.push(`and m.address_hash = any(${params.add(search.addressHashes, "bytea[]")})`);
  if (search.runId !== undefined) found.push(`and m.run_id = ${params.add(search.runId, "bigint")}`);
  if (search.channel !== undefined)
    found.push(`and m.channel_no = ${params.add(db.channels.noOf(search.channel), "smallint")}`);
  if (search.reason !== undefined) found.push(`and m.reason = ${params.add(search.reason, "text")}`);
  if (search.state !== undefined)
    found.push(`and ${shownState} = ${params.add(messageStates[search.state], "smallint")}`);
  if (search.after !== undefined)
    found.push(
      `and (m.run_id, m.id) < (${params.add(search.after.runId, "bigint")}, ${params.add(search.after.messageId, "bigint")})`,
    );
  return found;
}

/** Few messages have a line there: those that did not go well at once. */
const tellsOf = (words: string): string => `(m.reason ilike ${words} or (m.run_id, m.id) in (
  select run_id, message_id from attempt where detail ilike ${words}
  union select run_id, message_id from doubt where detail ilike ${words}))`;

const stateNames = new Map<number, MessageState>(
  Object.entries(messageStates).map(([name, no]) => [no, name as MessageState]),
);

function readLine(db: Db, row: MessageLine): Message {
  const state = stateNames.get(row.shown_state);
  if (!state) throw new Error(`The ledger holds a message state this version does not know: ${row.shown_state}.`);
  return {
    id: row.id,
    runId: row.run_id,
    contactId: row.contact_id,
    destinationId: row.destination_id,
    channel: db.channels.idOf(row.channel_no),
    class: classNamed(row.class),
    segmentId: row.segment_id,
    variantId: row.variant_id,
    locale: row.locale,
    state,
    reason: row.reason,
    hold: row.hold,
    attempt: row.attempt,
    delivery: row.delivery,
    providerMessageId: row.provider_message_id,
    cost:
      row.cost_micros === null || row.currency === null
        ? null
        : { micros: Number(row.cost_micros), currency: row.currency },
    createdAt: row.created_at,
    settledAt: row.settled_at,
  };
}
