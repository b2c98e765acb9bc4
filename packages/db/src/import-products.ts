/** Products in bulk, by their SKU; a product that did not change is not written. */
import type { Id } from "@chorus/core/id";
import type { Sql } from "./open.ts";

export type ProductEntry = {
  readonly sku: string;
  readonly name: string;
  readonly category: string | null;
  readonly priceMicros: bigint;
  readonly currency: string;
  readonly url: string;
  readonly imageUrl: string | null;
  readonly available: boolean;
};

/** At most 5,000 at once; of two entries with one SKU the last counts. Runs in the caller's transaction. */
export async function importProducts(
  sql: Sql,
  of: { workspaceId: Id; entries: readonly ProductEntry[] },
): Promise<{ written: number; duplicates: number }> {
  const bySku = new Map(of.entries.map((entry) => [entry.sku, entry]));
  const entries = [...bySku.values()].sort((a, b) => (a.sku < b.sku ? -1 : 1)); // one order for all, so that no two imports wait for each other
  const { rowCount } = await sql.query(
    `insert into product (workspace_id, sku, name, category, price_micros, currency, url, image_url, available)
     select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::boolean[])
     on conflict (workspace_id, sku) do update
        set name = excluded.name, category = excluded.category, price_micros = excluded.price_micros,
            currency = excluded.currency, url = excluded.url, image_url = excluded.image_url,
            available = excluded.available, updated_at = chorus_now()
      where (product.name, product.category, product.price_micros, product.currency, product.url, product.image_url, product.available)
            is distinct from (excluded.name, excluded.category, excluded.price_micros, excluded.currency, excluded.url,
                              excluded.image_url, excluded.available)`,
    [
      of.workspaceId,
      entries.map((each) => each.sku),
      entries.map((each) => each.name),
      entries.map((each) => each.category),
      entries.map((each) => each.priceMicros.toString()),
      entries.map((each) => each.currency),
      entries.map((each) => each.url),
      entries.map((each) => each.imageUrl),
      entries.map((each) => each.available),
    ],
  );
  return { written: rowCount ?? 0, duplicates: of.entries.length - entries.length };
}
