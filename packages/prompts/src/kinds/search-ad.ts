/** The fixed form of search ads: lines that a search engine puts together as it sees fit. */
import type { Limit } from "@chorus/core/channel";
import { z } from "zod";
import { defineForm, lineOf } from "../define-form.ts";
import { type CopyKind, kindPrompt } from "./kind.ts";

const mostHeadlines = 15;
const mostDescriptions = 4;

const content = z.strictObject({
  headlines: z
    .array(lineOf(z.string().max(120), "headline", "a line that stands alone, at most 30 characters"))
    .min(3)
    .max(mostHeadlines)
    .meta({ description: `${mostHeadlines} headlines, each different` }),
  descriptions: z
    .array(lineOf(z.string().max(300), "preheader", "a sentence that stands alone, at most 90 characters"))
    .min(2)
    .max(mostDescriptions)
    .meta({ description: `${mostDescriptions} descriptions, each different` }),
});

const source =
  "Google Ads, responsive search ads: 3 to 15 headlines of 30 and 2 to 4 descriptions of 90; a wide character counts as two";
const limit = (field: string, max: number): Limit => ({
  field,
  max,
  counted: "columns",
  source,
  checkedOn: "2026-11-28",
});

export const searchAd: CopyKind = {
  name: "search_ad",
  form: defineForm({
    id: "search_ad",
    label: "Search ad",
    content,
    writingNotes: `${mostHeadlines} headlines and ${mostDescriptions} descriptions, as many as the facts carry. Any of them may stand beside any other, so each says something of its own.`,
    limits: [limit("headlines", 30), limit("descriptions", 90)],
  }),
  prompt: kindPrompt({
    id: "search_ad",
    version: 1,
    asks: [
      "These are the lines of a search ad. They are shown in any order and any number: no line may need another, and no two may say the same.",
      "Vary what they lead with: the product, a property, the price, the offer, the brand, the call to action.",
    ],
  }),
  needs: ["products"],
  byTemplate: true,
};
