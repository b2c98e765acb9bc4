/** What the worker reads and records while a campaign's copy is written. */
import type { Angle, AngleName, ToneName } from "@chorus/core/angle";
import type { BrandVoice, Sender } from "@chorus/core/brand-voice";
import type { Brief } from "@chorus/core/brief";
import type { FactSheet } from "@chorus/core/fact";
import type { Id } from "@chorus/core/id";
import type { VariantKey } from "@chorus/core/plan";
import type { Problem } from "@chorus/core/problem";
import { type Contents, contentHash, type WriterName, type WritingCost } from "@chorus/core/variant";
import { type Db, inTransaction } from "./open.ts";

export type CampaignToWrite = {
  readonly id: Id;
  readonly workspaceId: Id;
  readonly state: string;
  readonly brief: Brief;
  readonly channels: readonly string[];
  readonly locales: readonly string[];
  readonly angles: readonly Angle[];
  readonly segmentIds: readonly Id[];
  readonly currency: string;
};

export async function readCampaign(db: Db, campaignId: Id): Promise<CampaignToWrite | null> {
  const { rows } = await db.sql.query<CampaignToWrite>(
    `select c.id, c.workspace_id as "workspaceId", c.state, c.brief, c.channels, c.locales, c.angles, c.segment_ids as "segmentIds", w.currency
       from campaign c join workspace w on w.id = c.workspace_id where c.id = $1`,
    [campaignId],
  );
  return rows[0] ?? null;
}

export type VariantSlot = VariantKey & { readonly facts: FactSheet };

/** Makes the variants a campaign needs, empty and waiting; those that stand from an earlier plan are written anew. */
export async function placeVariants(
  db: Db,
  campaignId: Id,
  slots: readonly VariantSlot[],
): Promise<{ id: Id; revision: number }[]> {
  return await inTransaction(db, async (sql) => {
    const campaign = await sql.query<{ workspace_id: Id; state: string }>(
      "select workspace_id, state from campaign where id = $1 for update",
      [campaignId],
    );
    if (campaign.rows[0]?.state !== "writing") return [];
    const keys = [
      slots.map((slot) => slot.segmentId),
      slots.map((slot) => slot.locale),
      slots.map((slot) => slot.angle),
      slots.map((slot) => slot.tone),
    ];
    await sql.query(
      `delete from variant v where v.campaign_id = $1 and not exists (
         select 1 from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) as w(segment_id, locale, angle, tone)
          where w.segment_id is not distinct from v.segment_id and w.locale = v.locale and w.angle = v.angle and w.tone = v.tone)`,
      [campaignId, ...keys],
    );
    const { rows } = await sql.query<{ id: Id; revision: number }>(
      `insert into variant (workspace_id, campaign_id, segment_id, locale, angle, tone, facts)
       select $1, $2, w.* from unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::jsonb[]) as w(segment_id, locale, angle, tone, facts)
       on conflict (campaign_id, segment_id, locale, angle, tone) do update
          set facts = excluded.facts, state = 'waiting', hash = null, note = null, updated_at = chorus_now()
       returning id, revision`,
      [campaign.rows[0].workspace_id, campaignId, ...keys, slots.map((slot) => JSON.stringify(slot.facts))],
    );
    return rows;
  });
}

export type VariantToWrite = {
  readonly id: Id;
  readonly campaignId: Id;
  readonly workspaceId: Id;
  readonly state: string;
  readonly revision: number;
  /** Raised by whoever asked for other words. */
  readonly nonce: number;
  /** What they asked for. */
  readonly note: string | null;
  readonly locale: string;
  readonly angle: AngleName;
  readonly tone: ToneName;
  readonly facts: FactSheet;
  readonly contents: Contents;
  readonly segment: { name: string; description: string } | null;
  readonly brief: Brief;
  readonly channels: readonly string[];
  readonly voice: BrandVoice;
  readonly voiceVersion: number;
  readonly sender: Sender;
};

export async function readVariant(db: Db, variantId: Id): Promise<VariantToWrite | null> {
  const { rows } = await db.sql.query<VariantToWrite>(
    `select v.id, v.campaign_id as "campaignId", v.workspace_id as "workspaceId", v.state, v.revision, v.nonce, v.note, v.locale, v.angle, v.tone, v.facts, v.contents,
            case when s.id is not null then jsonb_build_object('name', s.name, 'description', s.description) end as segment,
            c.brief, c.channels, w.voice, w.voice_version as "voiceVersion", w.sender
       from variant v join campaign c on c.id = v.campaign_id join workspace w on w.id = v.workspace_id
       left join segment s on s.id = v.segment_id where v.id = $1`,
    [variantId],
  );
  return rows[0] ?? null;
}

export type WrittenCopy = {
  readonly contents: Contents;
  readonly findings: readonly Problem[];
  readonly writer: WriterName;
  readonly model: string;
  readonly prompt: string;
  readonly cost: WritingCost | null;
  readonly fallbackReason: string | null;
  /** The question that it answers, whoever answered it. */
  readonly messages: readonly { readonly role: string; readonly content: string }[];
};

/** Records a writing and, when it was the last one missing, moves the campaign to review. */
export async function saveWriting(db: Db, variant: VariantToWrite, copy: WrittenCopy): Promise<"saved" | "outdated"> {
  const hash = contentHash({ contents: copy.contents, facts: variant.facts });
  return await inTransaction(db, async (sql) => {
    await sql.query("select 1 from campaign where id = $1 for update", [variant.campaignId]);
    const { rows } = await sql.query<{ revision: number }>(
      `update variant set contents = $3, findings = $4, writer = $5, model = $6, prompt = $7, cost = $8, fallback_reason = $9, hash = $10,
              voice_version = $11, state = 'written', note = null, revision = revision + 1, updated_at = chorus_now()
        where id = $1 and revision = $2 and state = 'waiting' returning revision`,
      [
        variant.id,
        variant.revision,
        JSON.stringify(copy.contents),
        JSON.stringify(copy.findings),
        copy.writer,
        copy.model,
        copy.prompt,
        JSON.stringify(copy.cost),
        copy.fallbackReason,
        hash,
        variant.voiceVersion,
      ],
    );
    const revision = rows[0]?.revision;
    if (revision === undefined) return "outdated";
    await sql.query(
      `insert into variant_revision (variant_id, revision, contents, facts, hash, writer, model, prompt, fallback_reason, findings, messages, note)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        ...[variant.id, revision, JSON.stringify(copy.contents), JSON.stringify(variant.facts), hash, copy.writer],
        ...[copy.model, copy.prompt, copy.fallbackReason, JSON.stringify(copy.findings)],
        ...[JSON.stringify(copy.messages), variant.note],
      ],
    );
    await sql.query(
      `update campaign c set state = 'in_review', version = version + 1, updated_at = chorus_now()
        where c.id = $1 and c.state = 'writing'
          and not exists (select 1 from variant v where v.campaign_id = c.id and v.state <> 'written')`,
      [variant.campaignId],
    );
    return "saved";
  });
}

/** The copy nobody could write, not even without a model: the campaign waits in `writing` with the reason shown. */
export async function failWriting(db: Db, variant: VariantToWrite, because: string): Promise<void> {
  await db.sql.query(
    "update variant set state = 'failed', fallback_reason = $3, updated_at = chorus_now() where id = $1 and revision = $2",
    [variant.id, variant.revision, because.slice(0, 500)],
  );
}
