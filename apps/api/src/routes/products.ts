/** Products: sent in as JSON, and listed. */
import type { Problem } from "@chorus/core/problem";
import { pageQuery } from "@chorus/core/wire-page";
import { newProducts, productPage, savedProducts } from "@chorus/core/wire-product";
import { importProducts, type ProductEntry } from "@chorus/db/import-products";
import { inTransaction } from "@chorus/db/open";
import { listProducts, type Product } from "@chorus/db/products";
import { z } from "zod";
import { callerOf } from "../auth.ts";
import { cutPage } from "../page.ts";
import { badFields, refuse } from "../problem.ts";
import { readProduct } from "../product-entry.ts";
import type { Api } from "../server.ts";
import type { World } from "../world.ts";

export function productRoutes(app: Api, world: World): void {
  app.route({
    method: "POST",
    url: "/v1/products",
    config: { needs: "data" },
    schema: { summary: "Add or change up to 500 products", body: newProducts, response: { 200: savedProducts } },
    handler: async (request, reply) => {
      const entries: ProductEntry[] = [];
      const problems: Problem[] = [];
      for (const [i, given] of request.body.products.entries()) {
        const read = readProduct(given);
        if (read.is === "ok") entries.push(read.value);
        else problems.push(...read.problems.map((each) => ({ ...each, path: `products[${i}].${each.path}` })));
      }
      if (problems.length > 0) return refuse(reply, badFields(problems));
      const workspaceId = callerOf(request).workspace.id;
      const { written } = await inTransaction(world.db, (sql) => importProducts(sql, { workspaceId, entries }));
      return { taken: entries.length, written };
    },
  });
  app.route({
    method: "GET",
    url: "/v1/products",
    config: { needs: "read" },
    schema: { summary: "Find products", querystring: findQuery, response: { 200: productPage } },
    handler: async (request, reply) => {
      const workspaceId = callerOf(request).workspace.id;
      const { q, limit } = request.query;
      const list = { workspaceId, list: `products:${q ?? ""}` };
      const after = world.cursors.read(list, request.query.cursor);
      if (after.is === "bad") return refuse(reply, badFields(after.problems));
      const rows = await listProducts(world.db, { workspaceId, limit: limit + 1, after: after.value, q });
      const page = cutPage(rows, limit);
      const nextCursor = page.last && world.cursors.write(list, page.last.id);
      return { items: page.rows.map((row) => bodyOf(world, row)), nextCursor };
    },
  });
}

const findQuery = z.strictObject({
  q: z.string().max(200).optional().describe("a part of the name, or the beginning of the SKU"),
  ...pageQuery,
});

const bodyOf = (world: World, product: Product) => ({
  id: world.seal.seal("product", product.id),
  sku: product.sku,
  name: product.name,
  category: product.category,
  price: { micros: Number(product.priceMicros), currency: product.currency },
  url: product.url,
  imageUrl: product.imageUrl,
  available: product.available,
  updatedAt: product.updatedAt.toISOString(),
});
