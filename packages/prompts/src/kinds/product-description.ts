/** The text of a product's page, and what search engines show of it. Its JSON-LD is made of the facts, not written. */
import type { Limit } from "@chorus/core/channel";
import { z } from "zod";
import { defineForm, lineOf, ourLimit } from "../define-form.ts";
import { type CopyKind, kindPrompt } from "./kind.ts";

const content = z.strictObject({
  title: lineOf(z.string().max(200), "headline", "the page's heading"),
  seoTitle: lineOf(z.string().max(200), "subject", "what a search engine shows as the title"),
  metaDescription: lineOf(z.string().max(400), "preheader", "what a search engine shows below the title"),
  paragraphs: z
    .array(lineOf(z.string().max(1_500), "paragraph", "one thought in a few sentences"))
    .min(1)
    .max(5),
  features: z.array(lineOf(z.string().max(200), "feature", "one property of the product")).max(20),
});

const shown = (field: string, aim: number): Limit => ({
  ...{ field, max: aim * 2, aim, counted: "columns" },
  ...{ source: `search results show about ${aim} characters`, checkedOn: "2026-11-28" },
});

export const productDescription: CopyKind = {
  name: "product_description",
  form: defineForm({
    id: "product_description",
    label: "Product description",
    content,
    writingNotes:
      "Says what it is, what it is good for and what it is made of. The SEO title names product and brand; the meta description is a sentence that would make somebody look.",
    limits: [
      ourLimit("title", 120),
      shown("seoTitle", 60),
      shown("metaDescription", 155),
      ourLimit("paragraphs", 1_200),
      ourLimit("features", 150),
    ],
  }),
  prompt: kindPrompt({
    id: "product_description",
    version: 1,
    asks: [
      "This is the text of one product's page: the first product of the slots. Say what it is, then what it is good for in a day of the reader's, then how it is made.",
      "Every property that a slot states stands in features, a line each. Compare it with nobody else's product.",
    ],
  }),
  needs: ["products"],
  byTemplate: true,
};
