/** Which words a message said, where they come from, who approved them, and what the guards had to say. */
import { factSheet, showFact } from "@chorus/core/fact";
import type { Id } from "@chorus/core/id";
import type { Problem } from "@chorus/core/problem";
import { type Slot, splitSlots } from "@chorus/core/slot";
import { contentHash } from "@chorus/core/variant";
import type { Db } from "./open.ts";
import { type Origin, originOf, type Revision, revisionsOf } from "./variant-history.ts";
import type { Frame } from "./why-frame.ts";

export type WhyCopy = {
  readonly variantId: Id | null;
  readonly revision: number | null;
  /** Over the words of all channels and the facts; of a single send over its own. */
  readonly hash: string;
  /** Null: the words came with the request. */
  readonly origin: Origin | null;
  /** That these words name, as they were shown. */
  readonly facts: readonly { readonly id: string; readonly shown: string; readonly source: string }[] | "erased";
  readonly links: readonly { readonly id: string; readonly url: string }[] | "erased";
  /** Fields of the contact that are filled in. */
  readonly contactSlots: readonly Extract<Slot, { is: "contact" }>[];
  readonly approval: {
    readonly id: Id;
    readonly by: { readonly id: Id; readonly name: string };
    readonly at: Date;
  } | null;
  /** What was found in them when they were written, warnings with it. Null: nobody kept it. */
  readonly findings: readonly Problem[] | null;
  /** Claims that may only be made by whoever can show them, and who recorded what shows them before the approval. */
  readonly shown: readonly Shown[];
};
export type Shown = {
  readonly code: string;
  readonly got: string;
  readonly source: string;
  readonly by: { readonly id: Id; readonly name: string } | null;
  readonly at: Date;
};

export async function whyCopy(db: Db, frame: Frame): Promise<WhyCopy | "since_changed"> {
  const { message, send } = frame;
  const revisions = await revisionsSent(db, frame);
  const sent = revisions.at(-1);
  const variantId = sent ? message.variantId : null;
  if (!sent && !send) return "since_changed";
  const content = send ? send.content : sent?.contents[message.channel];
  const sheet = factSheet.parse(send ? send.facts : sent?.facts);
  const slots = slotsIn(content);
  const idsOf = (is: "fact" | "link") => new Set(slots.flatMap((slot) => (slot.is === is ? [slot.id] : [])));
  const isHidden = frame.isErased && !sent;
  const approval = await approvalOf(db, frame);
  return {
    ...{ variantId, revision: sent?.revision ?? null, approval },
    hash: sent?.hash ?? contentHash({ content, facts: sheet }),
    origin: originOf(revisions, message.channel),
    facts: isHidden
      ? "erased"
      : sheet.facts
          .filter(({ id }) => idsOf("fact").has(id))
          .map((fact) => ({ id: fact.id, shown: showFact(fact, message.locale), source: fact.source })),
    links: isHidden
      ? "erased"
      : sheet.links.filter(({ id }) => idsOf("link").has(id)).map(({ id, url }) => ({ id, url })),
    contactSlots: slots.filter((slot) => slot.is === "contact"),
    findings: sent?.findings ?? null,
    shown: variantId ? await shownBefore(db, variantId, approval?.at ?? frame.message.createdAt) : [],
  };
}

/** A run's plan names the revision. A single send of a variant holds its very words, by which the revision is found. */
async function revisionsSent(db: Db, { message, plan, send }: Frame): Promise<Revision[]> {
  if (message.variantId === null) return [];
  const pinned = plan.variants.find((each) => each.id === message.variantId)?.revision;
  const upTo = send ? await revisionLike(db, message.variantId, { ...send, channel: message.channel }) : pinned;
  return upTo === undefined ? [] : await revisionsOf(db, { variantId: message.variantId, upTo });
}

async function revisionLike(
  db: Db,
  variantId: Id,
  of: { channel: string; content: unknown; facts: unknown },
): Promise<number | undefined> {
  const { rows } = await db.sql.query<{ revision: number }>(
    `select revision from variant_revision where variant_id = $1 and contents -> $2 = $3::jsonb and facts = $4::jsonb
      order by revision desc limit 1`,
    [variantId, of.channel, JSON.stringify(of.content), JSON.stringify(of.facts)],
  );
  return rows[0]?.revision;
}

function slotsIn(content: unknown): Slot[] {
  if (typeof content === "string") return splitSlots(content).parts.filter((part): part is Slot => part.is !== "text");
  return content !== null && typeof content === "object" ? Object.values(content).flatMap(slotsIn) : [];
}

/** The yes that stood when the run was launched, or the single send was taken. */
async function approvalOf(db: Db, frame: Frame): Promise<WhyCopy["approval"]> {
  const { rows } = await db.sql.query<{ id: Id; at: Date; personId: Id; name: string }>(
    `select a.id, a.at, p.id as "personId", p.name from approval a join person p on p.id = a.person_id
      where a.campaign_id = coalesce($1, (select campaign_id from variant where id = $2)) and ($3::text is null or a.content_hash = $3)
        and a.at <= $4 and (a.voided_at is null or a.voided_at > $4) order by a.id desc limit 1`,
    [
      ...[frame.campaignId, frame.message.variantId, frame.contentHash],
      frame.campaignId === null ? frame.message.createdAt : frame.runStartedAt,
    ],
  );
  const row = rows[0];
  return row ? { id: row.id, by: { id: row.personId, name: row.name }, at: row.at } : null;
}

/** The line that was written with each recording; of two about one claim the later counts. */
async function shownBefore(db: Db, variantId: Id, before: Date): Promise<Shown[]> {
  const { rows } = await db.sql.query<Shown>(
    `select distinct on (a.detail ->> 'code', a.detail ->> 'got')
            a.detail ->> 'code' as code, a.detail ->> 'got' as got, a.detail ->> 'source' as source, a.at,
            case when p.id is not null then jsonb_build_object('id', p.id::text, 'name', p.name) end as by
       from audit a left join person p on p.id = a.person_id
      where a.action = 'variant.evidence' and a.subject = 'variant:' || $1::bigint and a.at <= $2
        and a.workspace_id = (select workspace_id from variant where id = $1)
      order by a.detail ->> 'code', a.detail ->> 'got', a.id desc`,
    [variantId, before],
  );
  return rows;
}
