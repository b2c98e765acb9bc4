/** The fixed form of ads in social feeds. */
import type { Limit } from "@chorus/core/channel";
import { z } from "zod";
import { defineForm, lineOf } from "../define-form.ts";
import { type CopyKind, kindPrompt } from "./kind.ts";

const content = z.strictObject({
  text: lineOf(z.string().max(2_200), "paragraph", "stands above the picture"),
  headline: lineOf(z.string().max(300), "headline", "stands below the picture"),
  description: lineOf(z.string().max(300), "preheader", "a few words beside the headline; not shown everywhere"),
  link: z.string().min(1).max(40).meta({ role: "link", description: "where it leads" }),
});

const source = "Meta, ads in feeds: about 125, 40 and 30 characters are shown before a feed cuts";
const limit = (field: string, max: number, aim: number): Limit => ({
  ...{ field, max, aim, counted: "columns", source, checkedOn: "2026-11-28" },
});

export const socialAd: CopyKind = {
  name: "social_ad",
  form: defineForm({
    id: "social_ad",
    label: "Social ad",
    content,
    writingNotes:
      "What matters comes first, since a feed cuts. The headline does not need the text, and the description is a bonus.",
    limits: [limit("text", 2_200, 125), limit("headline", 255, 40), limit("description", 255, 30)],
  }),
  prompt: kindPrompt({
    id: "social_ad",
    version: 1,
    asks: [
      "This is an ad in a social feed, met by people who came for something else: the first words say what it is about.",
      'Speak from the side that "angle" names and in the tone that "tone" names, as "approach" says. No hashtags.',
    ],
  }),
  needs: ["products", "link"],
  byTemplate: true,
};
