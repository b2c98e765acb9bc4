/** From a wish for copy to what a writer needs: the products with their facts, the segment, and what is missing. */
import type { Brief } from "@chorus/core/brief";
import type { ListedProduct } from "@chorus/core/json-ld";
import type { Problem } from "@chorus/core/problem";
import { withProducts } from "@chorus/core/product-facts";
import type { CopyProduct, NewCopies } from "@chorus/core/wire-copies";
import type { CopyWish } from "@chorus/db/copies";
import type { Caller } from "@chorus/db/keys";
import { type Product, productsBySku } from "@chorus/db/products";
import { recentProducts } from "@chorus/db/recent-products";
import { getSegment, type Segment } from "@chorus/db/segments";
import { getWorkspace } from "@chorus/db/workspaces";
import { kindOf } from "@chorus/prompts/kinds/all";
import type { Need } from "@chorus/prompts/kinds/kind";
import { badFields, type Refusal } from "./problem.ts";
import type { World } from "./world.ts";

export type WishesRead = { is: "ok"; wishes: CopyWish[] } | { is: "refused"; refusal: Refusal };

const mostRecent = 3;

/** One wish for each locale. */
export async function readWishes(world: World, caller: Caller, asked: NewCopies): Promise<WishesRead> {
  const workspaceId = caller.workspace.id;
  const segment = asked.segment === undefined ? null : await findSegment(world, workspaceId, asked.segment);
  if (segment === "unknown") return refused([unknownSegment]);
  const workspace = await getWorkspace(world.db, workspaceId);
  if (!workspace) throw new Error(`Workspace ${workspaceId} vanished while it was asked.`);
  const { products, problems } = await productsOf(world, asked, { workspaceId, segment });
  const brief: Brief = { ...asked.brief, mainLink: mainLinkOf(asked.brief, products) };
  const facts = withProducts(brief.factSheet, products);
  const missing = kindOf(asked.kind)
    .needs.filter((need) => !isThere[need]({ products, facts, values: workspace.voice.values }))
    .map((need) => ({ ...wanted[need], code: "copy.groundless" }));
  const wrong = [...problems, ...missing, ...channelProblems(world, asked)];
  if (wrong.length > 0) return refused(wrong);
  const { kind, angle, tone, channels } = asked;
  const wish = { kind, angle, tone, channels, products, facts, brief, reader: asked.reader ?? null };
  return { is: "ok", wishes: asked.locales.map((locale) => ({ ...wish, locale, segmentId: segment?.id ?? null })) };
}

const refused = (problems: readonly Problem[]): WishesRead => ({ is: "refused", refusal: badFields([...problems]) });

async function findSegment(world: World, workspaceId: string, publicId: string): Promise<Segment | "unknown"> {
  const id = world.seal.open("segment", publicId);
  return (id && (await getSegment(world.db, { workspaceId, id }))) || "unknown";
}

const unknownSegment: Problem = {
  path: "segment",
  code: "segment.unknown",
  message: "This workspace has no such segment; GET /v1/segments lists them.",
};

async function productsOf(
  world: World,
  asked: NewCopies,
  of: { workspaceId: string; segment: Segment | null },
): Promise<{ products: ListedProduct[]; problems: Problem[] }> {
  const { workspaceId, segment } = of;
  if (asked.products.length === 0) {
    const rule = segment?.rule;
    const recent = rule ? await recentProducts(world.db, { workspaceId, rule, most: mostRecent }) : [];
    return { products: recent.map((product) => fromShop(product, [])), problems: [] };
  }
  const skus = asked.products.map(({ sku }) => sku);
  const known = new Map((await productsBySku(world.db, { workspaceId, skus })).map((each) => [each.sku, each]));
  const read = asked.products.map((given, index) => readProduct(given, known.get(given.sku), index));
  return {
    products: read.flatMap((each) => ("product" in each ? [each.product] : [])),
    problems: read.flatMap((each) => ("problem" in each ? [each.problem] : [])),
  };
}

type ProductRead = { readonly product: ListedProduct } | { readonly problem: Problem };

/** What is said here wins over the shop's list. */
function readProduct(given: CopyProduct, known: Product | undefined, index: number): ProductRead {
  const { sku, features } = given;
  const shop = known && fromShop(known, features);
  const name = given.name ?? shop?.name;
  const url = given.url ?? shop?.url;
  if (!name || !url) {
    const message = `The shop's list has no product "${sku}". Add it with POST /v1/products, or give its name and url here.`;
    return { problem: { path: `products[${index}].sku`, code: "product.unknown", message, got: sku } };
  }
  return {
    product: {
      ...{ sku, name, url, features },
      price: given.price ?? shop?.price ?? null,
      imageUrl: given.imageUrl ?? shop?.imageUrl ?? null,
      available: given.available ?? shop?.available ?? true,
    },
  };
}

const fromShop = (product: Product, features: CopyProduct["features"]): ListedProduct => ({
  ...{ sku: product.sku, name: { text: product.name }, url: product.url, features },
  price: { micros: Number(product.priceMicros), currency: product.currency },
  ...{ imageUrl: product.imageUrl, available: product.available },
});

/** The one that was named, if it is there, or the first there is. */
function mainLinkOf({ mainLink, factSheet }: Brief, products: readonly ListedProduct[]): string {
  const ids = [...products.map((_product, index) => `product_${index + 1}`), ...factSheet.links.map(({ id }) => id)];
  return ids.includes(mainLink) ? mainLink : (ids[0] ?? mainLink);
}

type Grounds = {
  readonly products: readonly ListedProduct[];
  readonly facts: Brief["factSheet"];
  readonly values: readonly unknown[];
};
const isThere: Readonly<Record<Need, (grounds: Grounds) => boolean>> = {
  products: ({ products }) => products.length > 0,
  values: ({ values }) => values.length > 0,
  date: ({ facts }) => facts.facts.some(({ kind }) => kind === "date"),
  link: ({ facts }) => facts.links.length > 0,
};
const wanted: Readonly<Record<Need, Pick<Problem, "path" | "message">>> = {
  products: {
    path: "products",
    message: "Name a product, or a segment that has looked at or bought something in the last 30 days.",
  },
  values: { path: "kind", message: "This kind speaks of what the brand stands for, and its voice has no values yet." },
  date: { path: "brief.factSheet.facts", message: "Say when it is: a fact of kind date." },
  link: { path: "brief.factSheet.links", message: "Say where it leads: a link, or a product." },
};

/** A message is written for channels, any other kind has a form of its own. */
function channelProblems(world: World, { kind, channels }: NewCopies): Problem[] {
  const { form } = kindOf(kind);
  const ids = world.channels.map(({ id }) => id);
  if (form && channels.length > 0)
    return [
      { path: "channels", code: "channels.none", message: `A ${kind} has a form of its own. Leave channels out.` },
    ];
  if (!form && channels.length === 0)
    return [{ path: "channels", code: "channels.missing", message: `Say for which channels: ${ids.join(", ")}.` }];
  return channels
    .filter((id) => !ids.includes(id))
    .map((got) => ({ path: "channels", code: "channel.unknown", message: `There are ${ids.join(", ")}.`, got }));
}
