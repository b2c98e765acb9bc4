/** Decides which variants a campaign needs, with the facts each may state, and has them written. */
import type { Fact, FactSheet, Link } from "@chorus/core/fact";
import type { Id } from "@chorus/core/id";
import { variantsNeeded } from "@chorus/core/plan";
import { placeVariants, readCampaign, type VariantSlot } from "@chorus/db/copywriting";
import { countPicksWhenOld } from "@chorus/db/pick-count";
import { buildPlan } from "@chorus/db/plans";
import { type TopProduct, topProducts } from "@chorus/db/top-products";
import type { World } from "../world.ts";

/** Enough to choose from, few enough to read. */
const productsPerSegment = 3;

export async function planCampaign(world: World, { campaignId }: { campaignId: Id }): Promise<void> {
  const campaign = await readCampaign(world.db, campaignId);
  const plan = await buildPlan(world.db.sql, campaignId, world.channels);
  if (!campaign || !plan || campaign.state !== "writing") return;
  const products = await topProducts(world.db, plan, productsPerSegment);
  const segmentIds = plan.segments.map((segment) => segment.id);
  const { locales, angles } = campaign;
  const slots = variantsNeeded({ segmentIds, locales, angles }).map(
    (key): VariantSlot => ({
      ...key,
      facts: addProducts(
        campaign.brief.factSheet,
        products.filter((product) => product.segmentId === key.segmentId),
      ),
    }),
  );
  const variants = await placeVariants(world.db, campaignId, slots);
  world.log.info({ campaignId, variants: variants.length }, "campaign.planned");
  for (const { id, revision } of variants) await world.producer.knock("writeVariant", { variantId: id, revision });
  if (campaign.brief.picks) await countPicksWhenOld(world.db, plan.workspaceId); // while the copy is written and read
}

/** The brief's own facts win over a product's of the same id. */
function addProducts(sheet: FactSheet, products: readonly TopProduct[]): FactSheet {
  const facts = products.flatMap((product, index): Fact[] => {
    const source = `product ${product.sku}`;
    return [
      { kind: "text", id: `product_${index + 1}_name`, value: product.name, source },
      {
        kind: "money",
        id: `product_${index + 1}_price`,
        value: { micros: product.priceMicros, currency: product.currency },
        source,
      },
    ];
  });
  const links = products.map((product, index): Link => ({ id: `product_${index + 1}`, url: product.url }));
  return {
    facts: [...sheet.facts, ...facts.filter((each) => !sheet.facts.some((own) => own.id === each.id))],
    links: [...sheet.links, ...links.filter((each) => !sheet.links.some((own) => own.id === each.id))],
  };
}
