/** Products in a file. */
import { readDecimal } from "@chorus/core/money";
import type { Checked } from "@chorus/core/problem";
import { bad, ok } from "@chorus/core/problem";
import { newProduct } from "@chorus/core/wire-product";
import { importProducts, type ProductEntry } from "@chorus/db/import-products";
import { ignoredNote, readHeader } from "./csv-header.ts";
import { readProduct } from "./product-entry.ts";
import type { Taker } from "./take-import.ts";
import { problemsOf } from "./validation.ts";

const required = ["sku", "name", "price", "url"];
const known = [...required, "currency", "category", "image_url", "available"];
const noWords = new Set(["no", "false", "0", "n"]);

export function productRows(
  columns: readonly string[],
  of: { workspace: { id: string; currency: string } },
): Checked<Taker<ProductEntry>> {
  const header = readHeader({ columns, required, known });
  if (header.is === "bad") return header;
  return ok({
    kind: "products",
    header: header.value,
    notes: ignoredNote(header.value, known),
    read: (cells) => {
      const price = readDecimal(cells("price") ?? "");
      if (price === null || price < 0n) return bad(notAPrice(cells("price")));
      const given = {
        sku: cells("sku"),
        name: cells("name"),
        price: { micros: Number(price), currency: cells("currency")?.toUpperCase() ?? of.workspace.currency },
        category: cells("category"),
        url: cells("url"),
        imageUrl: cells("image_url"),
        available: !noWords.has(cells("available")?.toLowerCase() ?? ""),
      };
      const checked = newProduct.safeParse(given, { reportInput: true });
      if (!checked.success) return bad(...problemsOf(checked.error, newProduct));
      const read = readProduct(checked.data);
      return read.is === "bad" ? read : ok({ entry: read.value });
    },
    save: async (sql, entries) => {
      const { duplicates } = await importProducts(sql, { workspaceId: of.workspace.id, entries });
      return { rejects: [], notes: { "sku.duplicate": duplicates } };
    },
  });
}

const notAPrice = (got: string | undefined) => ({
  path: "price",
  code: "number.invalid",
  message: "Write the price with a point and without a sign of currency, as in 12.50.",
  got: got?.slice(0, 80),
});
