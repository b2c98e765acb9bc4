/** Good and bad wordings of a workspace, with the question each answers. Only copy for segments: nobody's data is in it. */
import type { Id } from "@chorus/core/id";
import type { Asked } from "@chorus/core/training-shapes";
import type { Contents } from "@chorus/core/variant";
import type { Db } from "./open.ts";

export type SftExample = { readonly asked: Asked; readonly good: Contents };
export type DpoExample = SftExample & { readonly bad: Contents };

const pageSize = 200;
/** Copy that its raters find worse than this on average is no example to follow, approved or not. */
const goodEnough = 3;

/**
 * `told`: every wording with its question; whether it stood there when somebody approved its campaign; and whether people
 * said no to it: rejected it, asked for another or rated it low.
 */
const told = `told as (
  select r.variant_id, r.revision, r.contents, r.messages, r.facts, r.writer,
         exists (
           select 1 from approval a join variant v on v.campaign_id = a.campaign_id
            where v.id = r.variant_id and a.at >= r.at
              and not exists (select 1 from variant_revision n where n.variant_id = r.variant_id and n.revision > r.revision and n.at <= a.at)
         ) as approved,
         r.rejected_at is not null or coalesce(g.low, false) as refused,
         coalesce(next.writer = 'person', false) as edited
    from variant_revision r
    left join variant_revision next on next.variant_id = r.variant_id and next.revision = r.revision + 1
    left join lateral (
      select least(avg(quality), avg(accuracy)) < ${goodEnough} as low from rating g
       where g.variant_id = r.variant_id and g.revision = r.revision) g on true
   where r.variant_id = any($1) and r.messages is not null
)`;

/** What was approved and nobody said no to since, once for each wording. */
export const sftExamples = (db: Db, workspaceId: Id): AsyncGenerator<SftExample> =>
  examples<SftExample>(
    db,
    workspaceId,
    `with ${told} select messages as asked, contents as good from told where approved and not refused order by variant_id, revision`,
  );

/** What was approved beside what it was edited from, and beside what was refused of the same question and facts. */
export const dpoExamples = (db: Db, workspaceId: Id): AsyncGenerator<DpoExample> =>
  examples<DpoExample>(
    db,
    workspaceId,
    `with ${told}
     select bad.messages as asked, good.contents as good, bad.contents as bad
       from told good join told bad on bad.variant_id = good.variant_id and bad.revision <> good.revision
                                   and bad.facts = good.facts and bad.contents <> good.contents
      where good.approved and not good.refused and (bad.refused or (not bad.approved and bad.edited and bad.revision < good.revision))
      order by good.variant_id, good.revision, bad.revision`,
  );

/** A page of variants at a time, so that an export holds no more than that in memory. */
async function* examples<Example extends object>(db: Db, workspaceId: Id, text: string): AsyncGenerator<Example> {
  for (let after: Id | null = "0"; after !== null; ) {
    const { rows }: { rows: { id: Id }[] } = await db.sql.query<{ id: Id }>(
      `select id from variant where workspace_id = $1 and id > $2 order by id limit ${pageSize}`,
      [workspaceId, after],
    );
    after = rows.at(-1)?.id ?? null;
    if (after !== null) yield* (await db.sql.query<Example>(text, [rows.map((row) => row.id)])).rows;
  }
}
