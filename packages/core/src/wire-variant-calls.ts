/** On the wire: the calls of a model behind a variant. */
import { z } from "zod";
import { instant } from "./wire-campaigns.ts";
import { pageOf } from "./wire-page.ts";

const micros = z.number().describe("micros of the currency of the model's prices");

export const variantCallView = z.object({
  at: instant,
  prompt: z.string().describe("id and version, such as campaign_message@2"),
  model: z.string().describe("as the server named it; while it has not answered, as it was asked for"),
  parameters: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .nullable()
    .describe("what was sent beside the words; null while it is under way"),
  outcome: z
    .string()
    .nullable()
    .describe(
      "answered, truncated, refused, filtered, rate_limited, provider, lost, or known: answered before, and not asked again; null while it is under way",
    ),
  tokensIn: z.int().nullable(),
  tokensCached: z.int().nullable().describe("of tokensIn, what the server had read before"),
  tokensOut: z.int().nullable(),
  cost: micros.nullable(),
  reserved: micros.describe("what was set aside for it, and the most that it is booked with"),
  latencyMs: z.int().nullable(),
  requestId: z.string().nullable().describe("the provider's own"),
});
export type VariantCallView = z.infer<typeof variantCallView>;

export const variantCallPage = pageOf(variantCallView);
