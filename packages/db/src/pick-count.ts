/**
 * Counts what is bought together: for each product its neighbours by cosine over orders, shrunk so that a few common
 * orders say little, and beside them what most contacts bought. Read by picks-sql.ts.
 */
import type { Id } from "@chorus/core/id";
import type pg from "pg";
import { answeredWithin, type Db, inTransaction } from "./open.ts";

/** What is older is counted again before a run begins to show it. */
export const countedForHours = 24;
/** Two products in a handful of orders may be there by chance: as if there were so many orders more with only one of them. */
const shrinkage = 20;
const ordersAtLeast = 2; // one may be chance, and most pairs have no more
/** Of the gift shop's held-out purchases more were found with 20 than with 50: those further off add noise. */
const neighboursKept = 20;
const popularKept = 200;
const popularDays = 60;
/** Whoever orders more at once is stocking up, and would make a million pairs. */
const productsInOrder = 1_000;
const patienceMs = 10 * 60_000;

export type PickCount = { readonly countedAt: Date; readonly orders: number };

/** Counts when that was last done too long ago. Whoever comes while it is being done waits for it. */
export async function countPicksWhenOld(db: Db, workspaceId: Id): Promise<void> {
  await count(db, workspaceId, `counted_at < chorus_now() - interval '${countedForHours} hours'`);
}

/** The same for whoever a run is of; nothing for one whose words show no picks. */
export async function countPicksOfRun(db: Db, runId: Id): Promise<void> {
  const { rows } = await db.sql.query<{ workspaceId: Id }>(
    `select workspace_id as "workspaceId" from run where id = $1 and has_picks and state in ('sending', 'paused')`,
    [runId],
  );
  if (rows[0]) await countPicksWhenOld(db, rows[0].workspaceId);
}

/** Counts now. */
export async function countPicks(db: Db, workspaceId: Id): Promise<void> {
  await count(db, workspaceId, "true");
}

/** Null: never yet. */
export async function pickCountOf(db: Db, workspaceId: Id): Promise<PickCount | null> {
  const { rows } = await db.sql.query<PickCount>(
    `select counted_at as "countedAt", orders from pick_count where workspace_id = $1 and isfinite(counted_at)`,
    [workspaceId],
  );
  return rows[0] ?? null;
}

async function count(db: Db, workspaceId: Id, condition: string): Promise<void> {
  await inTransaction(db, async (sql) => {
    await sql.query("insert into pick_count (workspace_id) values ($1) on conflict do nothing", [workspaceId]);
    const { rowCount } = await sql.query(
      answeredWithin(patienceMs, `select 1 from pick_count where workspace_id = $1 and ${condition} for update`, [
        workspaceId,
      ]),
    );
    if (rowCount === 0) return;
    await sql.query("set local work_mem = '64MB'");
    const orders = await countNeighbours(sql, workspaceId);
    await countPopular(sql, workspaceId);
    await sql.query("analyze product_neighbour, popular_product");
    await sql.query("update pick_count set counted_at = chorus_now(), orders = $2 where workspace_id = $1", [
      workspaceId,
      orders,
    ]);
  });
}

/** An activity without an order is one with what its contact bought at the same moment. Answers the orders that were read. */
async function countNeighbours(sql: pg.PoolClient, workspaceId: Id): Promise<number> {
  await sql.query("delete from product_neighbour where workspace_id = $1", [workspaceId]);
  const counted = answeredWithin(
    patienceMs,
    `with baskets as materialized (
       select array_agg(distinct a.product_id) as products
         from activity a join product p on p.id = a.product_id and p.workspace_id = a.workspace_id and p.available
        where a.workspace_id = $1 and a.kind = 'purchase'
        group by a.contact_id, coalesce(a.order_ref, a.at::text) having count(distinct a.product_id) <= ${productsInOrder}
     ),
     held as materialized (select product_id, count(*) as orders from baskets, unnest(products) product_id group by product_id),
     together as (
       select product_id, neighbour_id, count(*) as orders
         from baskets, unnest(products) product_id, unnest(products) neighbour_id where neighbour_id > product_id
        group by 1, 2 having count(*) >= ${ordersAtLeast}
     ),
     scored as (
       select t.*, t.orders / (sqrt(a.orders::float8 * b.orders) + ${shrinkage}) as score
         from together t join held a on a.product_id = t.product_id join held b on b.product_id = t.neighbour_id
     ),
     both_ways as (
       select product_id, neighbour_id, orders, score from scored union all select neighbour_id, product_id, orders, score from scored
     ),
     ranked as (
       select *, row_number() over (partition by product_id order by score desc, neighbour_id) as place from both_ways
     ),
     kept as (
       insert into product_neighbour (workspace_id, product_id, neighbour_id, score, orders)
       select $1, product_id, neighbour_id, score, orders from ranked where place <= ${neighboursKept}
     )
     select count(*)::int as orders from baskets`,
    [workspaceId],
  );
  const { rows } = await sql.query<{ orders: number }>(counted);
  return rows[0]?.orders ?? 0;
}

/** Bought lately by most, then bought by most at all. What nobody bought is popular with nobody. */
async function countPopular(sql: pg.PoolClient, workspaceId: Id): Promise<void> {
  await sql.query("delete from popular_product where workspace_id = $1", [workspaceId]);
  await sql.query(
    `with buyers as (
       select a.product_id, count(distinct a.contact_id) as ever,
              count(distinct a.contact_id) filter (where a.at > chorus_now() - interval '${popularDays} days') as lately
         from activity a join product p on p.id = a.product_id and p.workspace_id = a.workspace_id and p.available
        where a.workspace_id = $1 and a.kind = 'purchase' group by a.product_id
     ),
     ranked as (select *, row_number() over (order by lately desc, ever desc, product_id) as place from buyers)
     insert into popular_product (workspace_id, place, product_id, buyers, days)
     select $1, place, product_id, case when lately > 0 then lately else ever end, case when lately > 0 then ${popularDays} end
       from ranked where place <= ${popularKept}`,
    [workspaceId],
  );
}
