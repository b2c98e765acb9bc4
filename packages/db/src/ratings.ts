/** What people think of wordings. A rating is of one revision: other words have none. */
import type { Score } from "@chorus/core/agreement";
import type { Id } from "@chorus/core/id";
import type { Db } from "./open.ts";

export type Rated = { is: "rated" } | { is: "missing" } | { is: "other_revision"; revision: number };

/** The same person again replaces what they said. */
export async function rate(
  db: Db,
  of: { workspaceId: Id; variantId: Id; personId: Id; revision: number; quality: number; accuracy: number },
): Promise<Rated> {
  const { rows } = await db.sql.query<{ revision: number; rated: boolean }>(
    `with found as (select id, revision from variant where id = $1 and workspace_id = $2),
     rated as (
       insert into rating (variant_id, revision, person_id, quality, accuracy)
       select id, revision, $3, $5, $6 from found where revision = $4 and revision > 0
       on conflict (variant_id, revision, person_id) do update
          set quality = excluded.quality, accuracy = excluded.accuracy, at = chorus_now()
       returning 1
     )
     select revision, exists (select 1 from rated) as rated from found`,
    [of.variantId, of.workspaceId, of.personId, of.revision, of.quality, of.accuracy],
  );
  const row = rows[0];
  if (!row) return { is: "missing" };
  return row.rated ? { is: "rated" } : { is: "other_revision", revision: row.revision };
}

export type Ratings = { readonly quality: readonly Score[]; readonly accuracy: readonly Score[] };

/** All ratings of a campaign's wordings, of earlier ones too; `rater` is the person's id. */
export async function ratingsOf(db: Db, of: { workspaceId: Id; campaignId: Id }): Promise<Ratings> {
  const { rows } = await db.sql.query<{ item: string; rater: Id; quality: number; accuracy: number }>(
    `select g.variant_id || ' ' || g.revision as item, g.person_id as rater, g.quality, g.accuracy
       from rating g join variant v on v.id = g.variant_id
      where v.campaign_id = $1 and v.workspace_id = $2 order by g.variant_id, g.revision, g.person_id`,
    [of.campaignId, of.workspaceId],
  );
  const scores = (of: "quality" | "accuracy") =>
    rows.map(({ item, rater, ...row }) => ({ item, rater, value: row[of] }));
  return { quality: scores("quality"), accuracy: scores("accuracy") };
}
