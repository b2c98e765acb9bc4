/** From a product as it is sent to one that can be stored. */
import type { Checked } from "@chorus/core/problem";
import { bad, ok } from "@chorus/core/problem";
import type { NewProduct } from "@chorus/core/wire-product";
import type { ProductEntry } from "@chorus/db/import-products";

const currencies = new Set(Intl.supportedValuesOf("currency"));

export function readProduct(given: NewProduct): Checked<ProductEntry> {
  const { currency, micros } = given.price;
  if (!currencies.has(currency))
    return bad({
      path: "price.currency",
      code: "currency.unknown",
      message: "Give a code of ISO 4217, as in GBP.",
      got: currency,
    });
  return ok({
    sku: given.sku,
    name: given.name,
    category: given.category ?? null,
    priceMicros: BigInt(micros),
    currency,
    url: given.url,
    imageUrl: given.imageUrl ?? null,
    available: given.available,
  });
}
