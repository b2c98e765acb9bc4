/** A product as search engines read it: schema.org's Product with its Offer, made of facts and of words that were checked. */
import type { ProductToState } from "./product-facts.ts";

export type ListedProduct = ProductToState & { readonly imageUrl: string | null; readonly available: boolean };

/** For `<script type="application/ld+json">`. `<` is escaped, so that no text can end the script element. */
export function productJsonLd(product: ListedProduct, words: { name: string; description: string }): string {
  const { price, imageUrl, sku, url, available } = product;
  const offer = price && {
    "@type": "Offer",
    url,
    price: (price.micros / 1_000_000).toFixed(2),
    priceCurrency: price.currency,
    availability: `https://schema.org/${available ? "InStock" : "OutOfStock"}`,
  };
  const listed = {
    "@context": "https://schema.org",
    "@type": "Product",
    ...words,
    ...{ sku, url },
    ...(imageUrl && { image: [imageUrl] }),
    ...(offer && { offers: offer }),
  };
  return JSON.stringify(listed).replaceAll("<", "\\u003c");
}
