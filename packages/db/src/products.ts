/** What the shop sells. */
import type { Id } from "@chorus/core/id";
import type { Prisma, Product as ProductRow } from "./generated/client.ts";
import type { ProductEntry } from "./import-products.ts";
import { literally } from "./like.ts";
import type { Db } from "./open.ts";

export type Product = ProductEntry & { readonly id: Id; readonly updatedAt: Date };

/** In the order they came, those with an id above `after`. `q` is a part of the name or the beginning of the SKU. */
export async function listProducts(
  db: Db,
  of: { workspaceId: Id; limit: number; after: Id | null; q?: string | undefined },
): Promise<Product[]> {
  const found: Prisma.ProductWhereInput[] =
    of.q === undefined
      ? []
      : [
          { name: { contains: literally(of.q), mode: "insensitive" } },
          { sku: { startsWith: literally(of.q), mode: "insensitive" } },
        ];
  const rows = await db.prisma.product.findMany({
    where: {
      workspaceId: BigInt(of.workspaceId),
      id: { gt: BigInt(of.after ?? 0) },
      ...(found.length > 0 ? { OR: found } : {}),
    },
    orderBy: { id: "asc" },
    take: of.limit,
  });
  return rows.map(fromRow);
}

/** Those of these SKUs that the shop has. */
export async function productsBySku(
  db: Pick<Db, "prisma">,
  of: { workspaceId: Id; skus: readonly string[] },
): Promise<Product[]> {
  const where = { workspaceId: BigInt(of.workspaceId), sku: { in: [...of.skus] } };
  return (await db.prisma.product.findMany({ where })).map(fromRow);
}

const fromRow = (row: ProductRow): Product => ({
  id: row.id.toString(),
  sku: row.sku,
  name: row.name,
  category: row.category,
  priceMicros: row.priceMicros,
  currency: row.currency,
  url: row.url,
  imageUrl: row.imageUrl,
  available: row.available,
  updatedAt: row.updatedAt,
});
