/** A post in the brand's own feed, about what its readers have looked at and bought lately. */
import { z } from "zod";
import { defineForm, lineOf, ourLimit } from "../define-form.ts";
import { type CopyKind, kindPrompt } from "./kind.ts";

const content = z.strictObject({
  text: lineOf(z.string().max(1_000), "paragraph", "the whole post but for its link"),
  link: z.string().min(1).max(40).meta({ role: "link", description: "where it leads" }),
});

export const socialPost: CopyKind = {
  name: "social_post",
  form: defineForm({
    id: "social_post",
    label: "Social post",
    content,
    writingNotes: "Short enough for every network: three sentences at most, one link, no hashtags.",
    limits: [ourLimit("text", 300, "graphemes")],
  }),
  prompt: kindPrompt({
    id: "social_post",
    version: 1,
    asks: [
      "This is a post in the brand's own feed. The products are what its readers have looked at and bought lately: speak of one or two of them as things worth a look.",
      "Never say or hint that anybody was watched, and say of nothing that it is popular unless a slot does.",
    ],
  }),
  needs: ["products", "link"],
  byTemplate: true,
};
