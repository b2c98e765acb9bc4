/** Copies on the wire: what is asked for, and what became of it. */
import { z } from "zod";
import { angleNames, toneNames } from "./angle.ts";
import { brief } from "./brief.ts";
import { consumerProfile, copyKind } from "./copy.ts";
import { evidence } from "./evidence.ts";
import { factSheet } from "./fact.ts";
import { money } from "./money.ts";
import { contents, variantStates } from "./variant.ts";
import { instant, locale, problemView } from "./wire-campaigns.ts";
import { pageOf, publicId } from "./wire-page.ts";
import { webUrl } from "./wire-product.ts";

const words = (max: number) => z.string().trim().min(1).max(max);
const inLanguages = (max: number) =>
  z
    .union([words(max), z.strictObject({ text: words(max), byLocale: z.record(z.string(), words(max)).optional() })])
    .transform((given) => (typeof given === "string" ? { text: given } : given));

/** One of the shop's by its SKU, or one that is described here. */
export const copyProduct = z.strictObject({
  sku: words(100),
  name: inLanguages(300).optional().describe("for a product that the shop's list does not hold"),
  price: money.extend({ micros: z.int().min(0) }).optional(),
  url: webUrl.optional(),
  imageUrl: webUrl.optional(),
  available: z.boolean().optional(),
  features: z
    .array(inLanguages(120))
    .max(20)
    .default([])
    .describe("a property each, in a few words; nothing else is said of it"),
});
export type CopyProduct = z.infer<typeof copyProduct>;

const copyBrief = brief.extend({
  goal: brief.shape.goal.default("Show the product to whoever it suits"),
  mainLink: brief.shape.mainLink.unwrap().default("product_1").describe("the id of the link that it leads to"),
});

export const newCopies = z
  .strictObject({
    kind: copyKind,
    locales: z.array(locale).min(1).max(10).describe("a piece is written in each"),
    reader: consumerProfile.optional().describe("the kind of reader it is for"),
    segment: publicId.optional().describe("or the segment it is for; neither: anybody"),
    products: z
      .array(copyProduct)
      .max(5)
      .default([])
      .describe("left out for a segment: what it looked at and bought lately"),
    brief: copyBrief.prefault({}),
    channels: z
      .array(z.string().min(1).max(40))
      .max(20)
      .default([])
      .describe("for a campaign_message, ids as in GET /v1/channels"),
    angle: z.enum(angleNames).default("benefit"),
    tone: z.enum(toneNames).default("warm"),
  })
  .refine((asked) => !(asked.reader && asked.segment), { message: "give a reader or a segment", path: ["segment"] });
export type NewCopies = z.infer<typeof newCopies>;

export const copyLine = z.object({
  id: publicId,
  kind: copyKind,
  locale: z.string(),
  state: z.enum(variantStates),
  revision: z.int().describe("give it back when you edit"),
  hash: z.string().nullable().describe("give it back when you approve"),
  approved: z.object({ by: publicId.nullable(), at: instant }).nullable().describe("null: these very words were not"),
  findings: z.int().describe("what keeps it from being approved, and warnings"),
  createdAt: instant,
  updatedAt: instant,
});
export const copyPage = pageOf(copyLine);
export const copiesAsked = z.object({ items: z.array(copyLine) });

export const copyView = copyLine.extend({
  findings: z.array(problemView),
  evidence: z.array(evidence),
  contents: contents.describe("by form: the kind's own, or each channel's of a message"),
  shown: contents.describe("the same with facts and addresses filled in"),
  jsonLd: z.string().optional().describe("of a product description: for a script element of type application/ld+json"),
  facts: factSheet,
  writer: z.enum(["openai", "template", "person"]).nullable(),
  model: z.string().nullable(),
  prompt: z.string().nullable(),
  aiGenerated: z
    .boolean()
    .nullable()
    .describe("a model wrote it, or the words that a person edited; null before there are any"),
  cost: z
    .object({
      tokensIn: z.int(),
      tokensCached: z.int(),
      tokensOut: z.int(),
      latencyMs: z.number(),
      requestId: z.string().nullable(),
    })
    .nullable(),
  fallbackReason: z
    .string()
    .nullable()
    .describe("why the template writer stood in for the model, or nothing could be written"),
});
export type CopyView = z.infer<typeof copyView>;

export const copyChange = z.strictObject({
  contents: contents.describe("the forms to change, each whole"),
  revision: z.int().min(0).describe("the revision you read"),
});
export const copyApproval = z.strictObject({
  hash: z.string().regex(/^[0-9a-f]{64}$/, "the hash you read"),
  evidence: z.array(evidence).max(20).default([]).describe("what shows the claims that may not be approved without"),
});
