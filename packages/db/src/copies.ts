/** Copies: pieces written outside a campaign, asked for and read. */
import type { AngleName, ToneName } from "@chorus/core/angle";
import type { BrandVoice } from "@chorus/core/brand-voice";
import type { Brief } from "@chorus/core/brief";
import type { ConsumerProfile, CopyKindName } from "@chorus/core/copy";
import type { Evidence } from "@chorus/core/evidence";
import type { FactSheet } from "@chorus/core/fact";
import type { Id } from "@chorus/core/id";
import type { ListedProduct } from "@chorus/core/json-ld";
import type { Problem } from "@chorus/core/problem";
import type { Contents, VariantState, WriterName, WritingCost } from "@chorus/core/variant";
import { type Db, inTransaction, type Sql } from "./open.ts";

export type CopyWish = {
  readonly kind: CopyKindName;
  readonly locale: string;
  readonly angle: AngleName;
  readonly tone: ToneName;
  readonly brief: Brief;
  /** Of a message; empty for a kind with a form of its own. */
  readonly channels: readonly string[];
  readonly products: readonly ListedProduct[];
  readonly reader: ConsumerProfile | null;
  readonly segmentId: Id | null;
  readonly facts: FactSheet;
};

export type Copy = CopyWish & {
  readonly id: Id;
  readonly workspaceId: Id;
  readonly state: VariantState;
  readonly revision: number;
  /** Raised by whoever asked for other words. */
  readonly nonce: number;
  readonly contents: Contents;
  readonly findings: readonly Problem[];
  readonly evidence: readonly Evidence[];
  readonly hash: string | null;
  readonly writer: WriterName | null;
  readonly model: string | null;
  readonly prompt: string | null;
  readonly cost: WritingCost | null;
  readonly fallbackReason: string | null;
  /** Null when these very words were not approved. */
  readonly approvedAt: Date | null;
  readonly approvedBy: Id | null;
  /** A model wrote one of its wordings. */
  readonly aiGenerated: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

const columns = `c.id, c.workspace_id as "workspaceId", c.kind, c.locale, c.angle, c.tone, c.brief, c.channels, c.products, c.reader,
  c.segment_id as "segmentId", c.facts, c.state, c.revision, c.nonce, c.contents, c.findings, c.evidence, c.hash, c.writer, c.model, c.prompt,
  c.cost, c.fallback_reason as "fallbackReason", case when c.approved_hash = c.hash then c.approved_at end as "approvedAt",
  case when c.approved_hash = c.hash then c.approved_by end as "approvedBy",
  exists (select 1 from copy_revision r where r.copy_id = c.id and r.writer = 'openai') as "aiGenerated",
  c.created_at as "createdAt", c.updated_at as "updatedAt"`;

/** All or none, in the order of the wishes. */
export async function createCopies(
  db: Db,
  of: { workspaceId: Id; personId: Id; wishes: readonly CopyWish[] },
): Promise<Copy[]> {
  return await inTransaction(db, async (sql) => {
    const created: Copy[] = [];
    for (const wish of of.wishes) {
      const { rows } = await sql.query<Copy>(
        `with c as (
           insert into copy (workspace_id, created_by, kind, locale, angle, tone, brief, channels, products, reader, segment_id, facts)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning *
         ) select ${columns} from c`,
        [
          ...[of.workspaceId, of.personId, wish.kind, wish.locale, wish.angle, wish.tone, JSON.stringify(wish.brief)],
          ...[wish.channels, JSON.stringify(wish.products), wish.reader && JSON.stringify(wish.reader)],
          ...[wish.segmentId, JSON.stringify(wish.facts)],
        ],
      );
      created.push(...rows);
    }
    return created;
  });
}

export async function getCopy(sql: Sql, of: { workspaceId: Id; id: Id }): Promise<Copy | null> {
  const { rows } = await sql.query<Copy>(`select ${columns} from copy c where c.workspace_id = $1 and c.id = $2`, [
    of.workspaceId,
    of.id,
  ]);
  return rows[0] ?? null;
}

/** Inside a transaction, nobody else may change it until the end of it. */
export async function lockCopy(sql: Sql, of: { workspaceId: Id; id: Id }): Promise<Copy | null> {
  await sql.query("select from copy where workspace_id = $1 and id = $2 for update", [of.workspaceId, of.id]);
  return await getCopy(sql, of);
}

/** The newest first, those with an id below `after`. */
export async function listCopies(db: Db, of: { workspaceId: Id; limit: number; after: Id | null }): Promise<Copy[]> {
  const { rows } = await db.sql.query<Copy>(
    `select ${columns} from copy c where c.workspace_id = $1 and ($2::bigint is null or c.id < $2) order by c.id desc limit $3`,
    [of.workspaceId, of.after, of.limit],
  );
  return rows;
}

export type CopyToWrite = Copy & {
  readonly voice: BrandVoice;
  readonly segment: { readonly name: string; readonly description: string } | null;
};

export async function readCopyToWrite(sql: Sql, id: Id): Promise<CopyToWrite | null> {
  const { rows } = await sql.query<CopyToWrite>(
    `select ${columns}, w.voice, case when s.id is not null then jsonb_build_object('name', s.name, 'description', s.description) end as segment
       from copy c join workspace w on w.id = c.workspace_id left join segment s on s.id = c.segment_id where c.id = $1`,
    [id],
  );
  return rows[0] ?? null;
}
