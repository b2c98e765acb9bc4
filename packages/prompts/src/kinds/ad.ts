/** An ad of no fixed form: a headline, a few sentences, a button. */
import { z } from "zod";
import { defineForm, lineOf, ourLimit } from "../define-form.ts";
import { type CopyKind, kindPrompt } from "./kind.ts";

const content = z.strictObject({
  headline: lineOf(z.string().max(200), "headline", "what it is and why it matters to the reader"),
  text: lineOf(z.string().max(1_000), "paragraph", "two to four sentences"),
  button: lineOf(z.string().max(80), "button", "two to four words that say what happens next"),
  link: z.string().min(1).max(40).meta({ role: "link", description: "where it leads" }),
});

export const ad: CopyKind = {
  name: "ad",
  form: defineForm({
    id: "ad",
    label: "Ad",
    content,
    writingNotes:
      "One idea, said once. The headline can stand alone; the text says what it rests on; the button says what happens.",
    limits: [ourLimit("headline", 80), ourLimit("text", 400), ourLimit("button", 30)],
  }),
  prompt: kindPrompt({
    id: "ad",
    version: 1,
    asks: [
      "This is an ad. Begin with what the reader gets out of the product, name the product, and state two or three of its properties.",
      'Speak from the side that "angle" names and in the tone that "tone" names, as "approach" says.',
    ],
  }),
  needs: ["products", "link"],
  byTemplate: true,
};
