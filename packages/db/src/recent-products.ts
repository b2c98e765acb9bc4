/** What a segment has looked at and bought lately: what a post to it may speak of. */
import type { Id } from "@chorus/core/id";
import type { Rule } from "@chorus/core/segment";
import type { Db } from "./open.ts";
import type { Product } from "./products.ts";
import { compileRule, openParams } from "./segment-sql.ts";

const lately = "interval '30 days'";

/** Only of contacts who let themselves be profiled. By how many of its contacts looked at or bought each, a purchase counting as three looks. At most `most`, only what can be had. */
export async function recentProducts(
  db: Pick<Db, "sql">,
  of: { workspaceId: Id; rule: Rule; most: number },
): Promise<Product[]> {
  const params = openParams();
  const workspace = params.add(of.workspaceId, "bigint");
  const { rows } = await db.sql.query<Product>(
    `with seen as (
       select a.product_id, a.contact_id, max(case a.kind when 'purchase' then 3 else 1 end) as weight
         from activity a join contact c on c.id = a.contact_id
        where c.workspace_id = ${workspace} and c.profiling and a.kind in ('view', 'purchase') and a.product_id is not null
          and a.at > chorus_now() - ${lately} and ${compileRule(of.rule, params)}
        group by a.product_id, a.contact_id
     )
     select p.id, p.sku, p.name, p.category, p.price_micros as "priceMicros", p.currency, p.url, p.image_url as "imageUrl", p.available,
            p.updated_at as "updatedAt"
       from (select product_id, sum(weight) as weight from seen group by product_id) s join product p on p.id = s.product_id
      where p.available and p.price_micros > 0 order by s.weight desc, p.sku limit ${params.add(of.most, "integer")}`,
    params.values,
  );
  return rows.map((row) => ({ ...row, priceMicros: BigInt(row.priceMicros) }));
}
