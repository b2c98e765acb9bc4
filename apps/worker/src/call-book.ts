/** Pays for the model calls of one variant or copy out of what its workspace lets copy cost. */
import type { Id } from "@chorus/core/id";
import { costOf, type ModelPrices } from "@chorus/core/model-cost";
import { contentHash } from "@chorus/core/variant";
import type { VariantToWrite } from "@chorus/db/copywriting";
import { openCall, settleCall } from "@chorus/db/model-calls";
import type { Db } from "@chorus/db/open";
import type { CallBook } from "@chorus/prompts/call-book";

/** Null: a piece outside a campaign. */
type For = Pick<VariantToWrite, "workspaceId" | "nonce"> & {
  readonly campaignId: Id | null;
  readonly variantId: Id | null;
};

export const openCallBook = (db: Pick<Db, "sql">, prices: ModelPrices, of: For): CallBook => ({
  async open({ key, prompt, model, tokens }) {
    const price = prices[model];
    const atMost = price ? costOf({ in: tokens.in, cached: 0, out: tokens.out }, price) : null;
    const { variantId, workspaceId, campaignId, nonce } = of;
    const asked = { key: contentHash({ key, nonce }), prompt, model, atMost };
    const opened = await openCall(db, { workspaceId, campaignId, variantId, ...asked });
    switch (opened.is) {
      case "known":
        return { is: "known", model: opened.model, text: opened.answer };
      case "busy":
        return opened;
      case "over":
        return {
          is: "over",
          detail: `There is no room for this call in the budget of ${opened.scopes.join(" and ")}.`,
        };
      case "unpriced":
        return { is: "over", detail: `The workspace has a budget, and ${model} no price: add it to MODEL_PRICES.` };
      case "open":
        return {
          is: "open",
          settle: async ({ outcome, model: named, text, parameters, cost }) => {
            const tokens = cost && { in: cost.tokensIn, cached: cost.tokensCached, out: cost.tokensOut };
            const micros = tokens && price ? costOf(tokens, price) : 0;
            const spent = cost && { ...cost, micros };
            await settleCall(db, { id: opened.id, outcome, model: named, answer: text, parameters, cost: spent });
          },
        };
    }
  },
});
