/** What an explanation of a message stands on: the message, the run it was planned in, and the reader as they were then. */
import type { Contact } from "@chorus/core/contact";
import type { Id, MessageRef } from "@chorus/core/id";
import type { Plan } from "@chorus/core/plan";
import { type ContactThen, contactAt } from "./contact-past.ts";
import { leaseMs } from "./lease.ts";
import { getMessage, type Message } from "./messages.ts";
import type { Db } from "./open.ts";

/** What is no longer known, and why: it has changed since and nobody kept it, or its person was erased. */
export type Unknown = "since_changed" | "erased";

export type Frame = {
  readonly message: Message;
  readonly runId: Id;
  /** Null for a single send. */
  readonly campaignId: Id | null;
  readonly runStartedAt: Date;
  readonly firedFor: Date | null;
  readonly contentHash: string | null;
  readonly highActivity: Id | null;
  readonly plan: Plan;
  /** When the last hand-over was permitted. */
  readonly permittedAt: Date | null;
  /** When it was last asked whether it may go. */
  readonly lookedAt: Date;
  readonly brand: string;
  readonly isErased: boolean;
  /** The reader when the message was planned, and as it was rendered; null: it is to no contact. */
  readonly planned: ContactThen | null;
  readonly rendered: ContactThen | null;
  readonly send: { readonly fields: Contact["fields"]; readonly content: unknown; readonly facts: unknown } | null;
};

type Row = Pick<
  Frame,
  | "campaignId"
  | "runStartedAt"
  | "firedFor"
  | "contentHash"
  | "highActivity"
  | "plan"
  | "permittedAt"
  | "brand"
  | "isErased"
  | "send"
>;

/** Null when the workspace has no such message. */
export async function readFrame(db: Db, of: { workspaceId: Id; ref: MessageRef }): Promise<Frame | null> {
  const message = await getMessage(db, of);
  if (!message) return null;
  const { rows } = await db.sql.query<Row>(
    `select r.campaign_id as "campaignId", r.started_at as "runStartedAt", r.fired_for as "firedFor", r.content_hash as "contentHash",
            e.high_activity as "highActivity", r.plan, m.permitted_at as "permittedAt", coalesce(w.voice ->> 'brand', w.name) as brand,
            (m.contact_id is not null and c.id is null) or exists (
              select 1 from suppression u where u.workspace_id = m.workspace_id and u.channel_no = m.channel_no
                 and u.address_hash = m.address_hash and u.reason = 'erasure') as "isErased",
            case when s.message_id is not null then jsonb_build_object('fields', s.fields, 'content', s.content, 'facts', s.facts) end as send
       from message m join run r on r.id = m.run_id join workspace w on w.id = m.workspace_id
       left join run_expansion e on e.run_id = r.id left join contact c on c.id = m.contact_id
       left join send s on s.run_id = m.run_id and s.message_id = m.id
      where m.run_id = $1 and m.id = $2`,
    [of.ref.runId, of.ref.messageId],
  );
  const row = rows[0];
  if (!row) return null;
  const lookedAt = row.permittedAt ?? message.settledAt ?? message.createdAt;
  const contactId = row.isErased ? null : message.contactId;
  const [planned, rendered] = contactId
    ? await Promise.all([
        contactAt(db, contactId, message.createdAt),
        contactAt(db, contactId, lookedAt, leaseMs), // read with the lease, and sent after the permit
      ])
    : [null, null];
  return { ...row, message, runId: message.runId, lookedAt, planned, rendered };
}
