/** Variants: the words of a campaign for each segment, locale and angle, with every revision they ever had. */
import type { AngleName, ToneName } from "@chorus/core/angle";
import type { Evidence } from "@chorus/core/evidence";
import type { FactSheet } from "@chorus/core/fact";
import type { Id } from "@chorus/core/id";
import type { Problem } from "@chorus/core/problem";
import type { Contents, VariantState, WriterName, WritingCost } from "@chorus/core/variant";
import { contentHash } from "@chorus/core/variant";
import type { Prisma, Variant as VariantRow } from "./generated/client.ts";
import type { Db } from "./open.ts";

export type Variant = {
  readonly id: Id;
  readonly workspaceId: Id;
  readonly campaignId: Id;
  /** Null: everyone else, and whoever declined profiling. */
  readonly segmentId: Id | null;
  readonly segmentName: string | null;
  readonly locale: string;
  readonly angle: AngleName;
  readonly tone: ToneName;
  readonly state: VariantState;
  readonly revision: number;
  readonly facts: FactSheet;
  readonly contents: Contents;
  readonly findings: readonly Problem[];
  readonly evidence: readonly Evidence[];
  /** The version of the brand's voice that the words were held against; null before the first, and where nobody knows. */
  readonly voiceVersion: number | null;
  /** SHA-256 over contents and facts; null before the first words. */
  readonly hash: string | null;
  readonly writer: WriterName | null;
  readonly model: string | null;
  readonly prompt: string | null;
  readonly cost: WritingCost | null;
  readonly fallbackReason: string | null;
  readonly updatedAt: Date;
};

/** Segments in the order they were made, everyone else last, then by locale and in the order of the angles. */
export async function listVariants(db: Db, of: { workspaceId: Id; campaignId: Id }): Promise<Variant[]> {
  return await readVariants(db.prisma, {
    workspaceId: BigInt(of.workspaceId),
    campaignId: BigInt(of.campaignId),
  });
}

export async function getVariant(db: Db, of: { workspaceId: Id; id: Id }): Promise<Variant | null> {
  const found = await readVariants(db.prisma, { workspaceId: BigInt(of.workspaceId), id: BigInt(of.id) });
  return found[0] ?? null;
}

/** Inside a transaction, or with the client itself. */
export async function readVariants(
  client: Prisma.TransactionClient,
  where: Prisma.VariantWhereInput,
): Promise<Variant[]> {
  const rows = await client.variant.findMany({
    where,
    orderBy: [{ segmentId: { sort: "asc", nulls: "last" } }, { locale: "asc" }, { id: "asc" }],
  });
  const ids = rows.flatMap((row) => (row.segmentId === null ? [] : [row.segmentId]));
  const segments = await client.segment.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
  const names = new Map(segments.map((segment) => [segment.id, segment.name]));
  return rows.map((row) => fromRow(row, row.segmentId === null ? null : (names.get(row.segmentId) ?? null)));
}

/** What a variant's hash is over. */
export const variantHash = (of: { contents: Contents; facts: FactSheet }): string =>
  contentHash({ contents: of.contents, facts: of.facts });

/** The JSON columns hold what core's schemas and the writers let in. */
function fromRow(row: VariantRow, segmentName: string | null): Variant {
  return {
    id: row.id.toString(),
    workspaceId: row.workspaceId.toString(),
    campaignId: row.campaignId.toString(),
    segmentId: row.segmentId?.toString() ?? null,
    segmentName,
    locale: row.locale,
    angle: row.angle as AngleName,
    tone: row.tone as ToneName,
    state: row.state as VariantState,
    revision: row.revision,
    facts: row.facts as FactSheet,
    contents: row.contents as Contents,
    findings: row.findings as unknown as readonly Problem[],
    evidence: row.evidence as unknown as readonly Evidence[],
    voiceVersion: row.voiceVersion,
    hash: row.hash,
    writer: row.writer as WriterName | null,
    model: row.model,
    prompt: row.prompt,
    cost: row.cost as WritingCost | null,
    fallbackReason: row.fallbackReason,
    updatedAt: row.updatedAt,
  };
}
