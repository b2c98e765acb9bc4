/** What copy may state of products: facts and links that are numbered in the products' order. */
import type { Fact, FactSheet, Link } from "./fact.ts";
import type { Money } from "./money.ts";

/** Words that differ from language to language. */
export type LocalText = { readonly text: string; readonly byLocale?: Readonly<Record<string, string>> | undefined };

export type ProductToState = {
  readonly sku: string;
  readonly name: LocalText;
  readonly price: Money | null;
  readonly url: string;
  /** A property each, in a few words: "waterproof". */
  readonly features: readonly LocalText[];
};

/** `product_1_name`, `product_1_price`, `product_1_feature_1`, link `product_1`. The sheet's own win over a product's of the same id. */
export function withProducts(sheet: FactSheet, products: readonly ProductToState[]): FactSheet {
  const facts = products.flatMap(factsOf);
  const links = products.map((product, index): Link => ({ id: `product_${index + 1}`, url: product.url }));
  const isNew = (own: readonly { id: string }[]) => (each: { id: string }) => !own.some(({ id }) => id === each.id);
  return {
    facts: [...sheet.facts, ...facts.filter(isNew(sheet.facts))],
    links: [...sheet.links, ...links.filter(isNew(sheet.links))],
  };
}

function factsOf({ sku, name, price, features }: ProductToState, index: number): Fact[] {
  const source = `product ${sku}`;
  const id = `product_${index + 1}`;
  const words = (part: string, { text, byLocale }: LocalText): Fact => ({
    ...{ kind: "text", id: `${id}_${part}`, value: text, source },
    ...(byLocale && { byLocale: { ...byLocale } }),
  });
  return [
    words("name", name),
    ...(price ? [{ kind: "money" as const, id: `${id}_price`, value: price, source }] : []),
    ...features.map((feature, place) => words(`feature_${place + 1}`, feature)),
  ];
}
