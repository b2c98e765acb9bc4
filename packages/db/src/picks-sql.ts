/**
 * The one statement that picks: for each reader what goes with what they bought, without what they have, without what the
 * message speaks of already and without what cannot be had; and where that is too little, what is popular.
 */
import { picksShown } from "@chorus/core/picks";

/** A few more than are shown, for those that are sold out by the time the message leaves. */
export const picksKept = 2 * picksShown;
/** The newest purchases say most, and a buyer of everything must not cost as much as a hundred others. */
const purchasesLookedAt = 100;

/**
 * A lateral join of a row with `workspace_id, contact_id, profiling, facts`, named `reader`: `picked.product_id, place, code,
 * because, orders, buyers, days`, at most `most` rows. Who declined profiling is shown what is popular.
 */
export const pickedSql = (reader: string, most: number = picksKept): string => `lateral (
  with owned as materialized (
    select a.product_id, max(a.at) as at from activity a
     where a.contact_id = ${reader}.contact_id and a.kind = 'purchase' and a.product_id is not null group by a.product_id
  ),
  near as materialized (
    select n.neighbour_id as product_id, n.score, n.orders, o.product_id as because
      from (select product_id from owned order by at desc, product_id limit ${purchasesLookedAt}) o
      join product_neighbour n on n.workspace_id = ${reader}.workspace_id and n.product_id = o.product_id
     where ${reader}.profiling
  ),
  scored as materialized (
    select product_id, sum(score) as score from near where product_id not in (select product_id from owned)
     group by product_id order by sum(score) desc, product_id limit ${4 * most}
  ),
  bought_with as materialized (
    select s.product_id, s.score, row_number() over (order by s.score desc, s.product_id) as place
      from scored s join product p on p.id = s.product_id where ${fits("p", reader)} order by s.score desc, s.product_id limit ${most}
  ),
  popular as (
    select l.place, l.product_id, l.buyers, l.days
      from popular_product l join product p on p.id = l.product_id
     where l.workspace_id = ${reader}.workspace_id and ${fits("p", reader)}
       and l.product_id not in (select product_id from owned) and l.product_id not in (select product_id from bought_with)
     order by l.place limit ${most}
  ),
  both_kinds as (
    select 0 as kind, b.place, b.product_id, 'bought_with' as code, best.because, best.orders, null::int as buyers, null::int as days
      from bought_with b cross join lateral (
        select n.because, n.orders from near n where n.product_id = b.product_id order by n.score desc, n.because limit 1) best
    union all
    select 1, place, product_id, 'popular', null, null, buyers, days from popular
  )
  select row_number() over (order by kind, place) as place, product_id, code, because, orders, buyers, days
    from both_kinds order by kind, both_kinds.place limit ${most}
) picked`;

/** Can be had, costs something, and is not spoken of already: no link of the message's own leads to it. */
const fits = (product: string, reader: string): string =>
  `${product}.available and ${product}.price_micros > 0
       and not coalesce(${reader}.facts -> 'links' @> jsonb_build_array(jsonb_build_object('url', ${product}.url)), false)`;

/** A row of `picked` as it is kept. */
export const pickJson = `jsonb_strip_nulls(jsonb_build_object('product', picked.product_id, 'code', picked.code, 'because', picked.because,
    'orders', picked.orders, 'buyers', picked.buyers, 'days', picked.days))`;

/**
 * From kept picks (a jsonb array) to those that are shown: the first that can be had now, as `Picked` of core. What a
 * product is called and costs is read when it is shown.
 */
export const shownSql = (picks: string): string => `(
  select coalesce(jsonb_agg(pick order by place), '[]') from (
    select k.place, jsonb_build_object(
             'sku', p.sku, 'name', p.name, 'url', p.url, 'price', jsonb_build_object('micros', p.price_micros, 'currency', p.currency),
             'reason', case k.pick ->> 'code'
               when 'bought_with' then jsonb_build_object('code', 'bought_with', 'orders', k.pick -> 'orders',
                                                          'because', jsonb_build_object('sku', b.sku, 'name', b.name))
               else jsonb_build_object('code', 'popular', 'buyers', k.pick -> 'buyers', 'days', k.pick -> 'days') end) as pick
      from jsonb_array_elements(${picks}) with ordinality as k(pick, place)
      join product p on p.id = (k.pick ->> 'product')::bigint and p.available
      left join product b on b.id = (k.pick ->> 'because')::bigint
     order by k.place limit ${picksShown}
  ) shown)`;
