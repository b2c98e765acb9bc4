/** Reviews on the wire: a note for the writer, a no, a rating that is blind to the writer, and what raters say together. */
import { z } from "zod";
import { factSheet } from "./fact.ts";
import { trainingShapes } from "./training-shapes.ts";
import { contents } from "./variant.ts";
import { publicId } from "./wire-page.ts";
import { previewView } from "./wire-variants.ts";

const words = (max: number) => z.string().trim().min(3).max(max);
export const rewriteInput = z.strictObject({
  note: words(500).optional().describe("what the next wording should be like; it states nothing, facts come by slots"),
});
export const rejection = z.strictObject({
  revision: z.int().min(1).describe("the revision you read"),
  because: words(300).describe("why these words may not be approved"),
});

const score = z.int().min(1).max(5);
export const rating = z.strictObject({
  revision: z.int().min(1).describe("the revision you read"),
  quality: score.describe("1: would never send it · 5: could not be better"),
  accuracy: score.describe("1: says what is not so · 5: everything is as the facts say"),
});
export const ratingView = rating.extend({ variantId: publicId });

/** Who wrote it, with which model, and what others think of it are left out. */
export const blindView = z.object({
  id: publicId,
  revision: z.int(),
  locale: z.string(),
  contents,
  facts: factSheet,
  previews: z.record(z.string(), previewView),
});

const judged = z.object({
  n: z.int().describe("ratings"),
  mean: z.number().nullable(),
  agreement: z
    .array(z.object({ raters: z.tuple([publicId, publicId]), n: z.int(), kappa: z.number().nullable() }))
    .describe(
      "for each pair of raters, over the n wordings that both rated: Cohen's κ with quadratic weights; null: too little to say",
    ),
});
export const ratingsReport = z.object({ wordings: z.int(), quality: judged, accuracy: judged });

export const exportQuery = z.strictObject({ shape: z.enum(trainingShapes).default("openai") });
