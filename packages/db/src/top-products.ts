/** What each segment of a plan buys: the products whose facts its copy may state. */
import type { Id } from "@chorus/core/id";
import type { Plan } from "@chorus/core/plan";
import type { Db } from "./open.ts";
import { openParams } from "./segment-sql.ts";
import { compileSegment } from "./verdict-sql.ts";

export type TopProduct = {
  /** null: everyone else, who are shown what most people buy. */
  readonly segmentId: Id | null;
  readonly sku: string;
  readonly name: string;
  readonly priceMicros: number;
  readonly currency: string;
  readonly url: string;
};

/** Softens the share of a product that few people ever bought. */
const shrinkage = 20;

/**
 * Ranked by what sets a segment apart: how many of its contacts bought a product, times how much of the product's buyers
 * they are. At most `each` a segment.
 */
export async function topProducts(db: Db, plan: Plan, each: number): Promise<TopProduct[]> {
  const params = openParams();
  const workspace = params.add(plan.workspaceId, "bigint");
  const { rows } = await db.sql.query<Omit<TopProduct, "priceMicros"> & { priceMicros: string }>(
    `with members as materialized (
       select c.id, ${compileSegment(plan, params, "chorus_now()")} as segment_id from contact c where c.workspace_id = ${workspace}
     ),
     pairs as (
       select distinct m.segment_id, a.contact_id, a.product_id
         from activity a join members m on m.id = a.contact_id
        where a.kind = 'purchase' and a.product_id is not null
     ),
     bought as (select segment_id, product_id, count(*)::float8 as buyers from pairs group by segment_id, product_id),
     popular as (select product_id, sum(buyers) as buyers from bought group by product_id),
     scored as (
       select b.segment_id, b.product_id, b.buyers * ln(1 + b.buyers / (a.buyers + ${shrinkage})) as score
         from bought b join popular a on a.product_id = b.product_id where b.segment_id is not null
       union all
       select null, product_id, buyers from popular
     ),
     ranked as (
       select s.segment_id, p.*, row_number() over (partition by s.segment_id order by s.score desc, p.sku) as place
         from scored s join product p on p.id = s.product_id where p.available and p.price_micros > 0
     )
     select segment_id as "segmentId", sku, name, price_micros as "priceMicros", currency, url
       from ranked where place <= ${params.add(each, "integer")} order by segment_id, place`,
    params.values,
  );
  return rows.map((row) => ({ ...row, priceMicros: Number(row.priceMicros) }));
}
