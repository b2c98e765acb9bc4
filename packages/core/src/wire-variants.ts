/** Variants on the wire: the words for one segment, locale and angle, how they look, and what is wrong with them. */
import { z } from "zod";
import { angleNames, toneNames } from "./angle.ts";
import { evidence } from "./evidence.ts";
import { factSheet } from "./fact.ts";
import { counts } from "./measure.ts";
import { contents, variantStates } from "./variant.ts";
import { instant, problemView } from "./wire-campaigns.ts";
import { publicId } from "./wire-page.ts";

const cost = z.object({
  tokensIn: z.int(),
  tokensCached: z.int().default(0).describe("of tokensIn, what the server had read before"),
  tokensOut: z.int(),
  latencyMs: z.number(),
  requestId: z.string().nullable(),
});

export const variantLine = z.object({
  id: publicId,
  campaignId: publicId,
  segment: z.object({ id: publicId, name: z.string() }).nullable().describe("null: everyone else"),
  locale: z.string(),
  angle: z.enum(angleNames).describe("from which side it speaks"),
  tone: z.enum(toneNames),
  state: z.enum(variantStates),
  revision: z.int().describe("give it back when you edit"),
  hash: z.string().nullable(),
  contents: contents.describe("content by channel id, each in that channel's own shape"),
  findings: z.array(problemView).describe("what keeps these words from being approved"),
  evidence: z.array(evidence).describe("what shows the claims that may not be approved without"),
  voiceVersion: z.int().nullable().describe("of the brand's voice, which the words were held against"),
  writer: z.enum(["openai", "template", "person"]).nullable(),
  model: z.string().nullable(),
  prompt: z.string().nullable(),
  cost: cost.nullable(),
  fallbackReason: z.string().nullable().describe("why the template writer stood in for the model"),
  updatedAt: instant,
});
export const variantList = z.object({ items: z.array(variantLine) });

export const previewView = z.object({
  title: z.string().optional(),
  text: z.string(),
  html: z.string().optional(),
  measures: z.array(
    z.object({
      field: z.string(),
      used: z.number(),
      max: z.number(),
      counted: z.enum(counts),
      note: z.string().optional(),
    }),
  ),
});

export const originView = z.object({
  aiGenerated: z.boolean().describe("a model wrote the words that these go back to, and some of them are left"),
  wroteFirst: z.enum(["openai", "template", "person"]),
  model: z.string().nullable(),
  prompt: z.string().nullable(),
  editedShare: z.number().describe("of the words, how many people have changed since: 0 to 1"),
  edits: z.array(
    z.object({
      revision: z.int(),
      by: z.object({ id: publicId, name: z.string() }).nullable(),
      at: instant,
      changed: z.array(z.object({ path: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
    }),
  ),
});

export const variantView = variantLine.extend({
  facts: factSheet,
  origin: originView.nullable().describe("whose words these are; null before the first"),
  previews: z
    .record(z.string(), previewView)
    .describe("by channel id, for a made-up contact; a channel whose words do not fit has none"),
});
export type VariantView = z.infer<typeof variantView>;

export const variantChange = z.strictObject({
  contents: contents.describe("the channels to change, each whole; the others keep their words"),
  revision: z.int().min(0).describe("the revision you read"),
});
