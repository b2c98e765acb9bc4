/** Segments and every version their rules had. */
import type { Id } from "@chorus/core/id";
import type { Rule } from "@chorus/core/segment";
import type { Db } from "./open.ts";
import { compileRule, openParams } from "./segment-sql.ts";

export type Segment = {
  readonly id: Id;
  readonly name: string;
  readonly description: string;
  readonly rule: Rule;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
export type SegmentContent = Pick<Segment, "name" | "description" | "rule">;

const columns = `id, name, description, rule, version, created_at as "createdAt", updated_at as "updatedAt"`;

/** null when another segment of the workspace has this name. */
export async function createSegment(db: Db, of: SegmentContent & { workspaceId: Id }): Promise<Segment | null> {
  const { rows } = await db.sql.query<Segment>(
    `with created as (
       insert into segment (workspace_id, name, description, rule) values ($1, $2, $3, $4)
       on conflict (workspace_id, name) do nothing returning *
     ),
     kept as (insert into segment_version (segment_id, version, rule) select id, version, rule from created)
     select ${columns} from created`,
    [of.workspaceId, of.name, of.description, JSON.stringify(of.rule)],
  );
  return rows[0] ?? null;
}

export type SegmentChanged = { is: "changed"; segment: Segment } | { is: "missing" | "name_taken" };

/** A changed rule is a new version; a new name or description is not. */
export async function changeSegment(db: Db, of: SegmentContent & { workspaceId: Id; id: Id }): Promise<SegmentChanged> {
  try {
    const { rows } = await db.sql.query<Segment>(
      `with changed as (
         update segment set name = $3, description = $4, rule = $5, updated_at = chorus_now(),
                            version = version + (rule is distinct from $5::jsonb)::int
          where workspace_id = $1 and id = $2 returning *
       ),
       kept as (
         insert into segment_version (segment_id, version, rule) select id, version, rule from changed on conflict do nothing
       )
       select ${columns} from changed`,
      [of.workspaceId, of.id, of.name, of.description, JSON.stringify(of.rule)],
    );
    return rows[0] ? { is: "changed", segment: rows[0] } : { is: "missing" };
  } catch (error) {
    if (isUniqueViolation(error)) return { is: "name_taken" };
    throw error;
  }
}

const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "23505";

export async function getSegment(db: Db, of: { workspaceId: Id; id: Id }): Promise<Segment | null> {
  const { rows } = await db.sql.query<Segment>(`select ${columns} from segment where workspace_id = $1 and id = $2`, [
    of.workspaceId,
    of.id,
  ]);
  return rows[0] ?? null;
}

/** In the order they were made, those with an id above `after`. */
export async function listSegments(
  db: Db,
  of: { workspaceId: Id; limit: number; after: Id | null },
): Promise<Segment[]> {
  const { rows } = await db.sql.query<Segment>(
    `select ${columns} from segment where workspace_id = $1 and id > $2 order by id limit $3`,
    [of.workspaceId, of.after ?? 0, of.limit],
  );
  return rows;
}

export type SegmentPreview = {
  readonly count: number;
  readonly sample: readonly { id: Id; externalId: string; firstName: string | null; country: string | null }[];
};

const sampleSize = 10;

/** Who matches at this moment: how many, and a few of them, always the same few while nothing changes. */
export async function previewRule(db: Db, of: { workspaceId: Id; rule: Rule }): Promise<SegmentPreview> {
  const params = openParams();
  const workspace = params.add(of.workspaceId, "bigint");
  const { rows } = await db.sql.query<{ count: string; sample: SegmentPreview["sample"] | null }>(
    `with matched as materialized (
       select c.id from contact c where c.workspace_id = ${workspace} and ${compileRule(of.rule, params)}
     ),
     sample as (
       select c.id::text, c.external_id as "externalId", c.first_name as "firstName", c.country
         from contact c where c.id in (select id from matched order by id limit ${sampleSize}) order by c.id
     )
     select (select count(*) from matched) as count, (select json_agg(sample) from sample) as sample`,
    params.values,
  );
  return { count: Number(rows[0]?.count ?? 0), sample: rows[0]?.sample ?? [] };
}
