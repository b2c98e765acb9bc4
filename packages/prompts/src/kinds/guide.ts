/** Guides: an outline first, then section by section, so that a long piece neither repeats itself nor runs out. */
import type { CopyKindName } from "@chorus/core/copy";
import { z } from "zod";
import { defineForm, lineOf, ourLimit } from "../define-form.ts";
import { type CopyKind, kindPrompt } from "./kind.ts";

const heading = lineOf(z.string().max(200), "headline", "what this section answers");
const paragraphs = z
  .array(lineOf(z.string().max(2_000), "paragraph", "one thought in a few sentences"))
  .min(1)
  .max(6);
const title = lineOf(z.string().max(200), "headline", "what the guide is for");
const opening = lineOf(z.string().max(1_000), "paragraph", "for whom it is, and what they will know after it");

const outline = defineForm({
  id: "outline",
  label: "Outline",
  content: z.strictObject({
    title,
    opening,
    headings: z.array(heading).min(2).max(8).meta({ description: "3 headings in the order of reading" }),
  }),
  writingNotes: "Three to six headings, each a question that a reader has, in the order in which they have it.",
  limits: [ourLimit("title", 120), ourLimit("opening", 600), ourLimit("headings", 100)],
});

const section = defineForm({
  id: "section",
  label: "Section",
  content: z.strictObject({ paragraphs }),
  writingNotes: "Answers its heading and nothing else.",
  limits: [ourLimit("paragraphs", 1_200)],
});

type Guide = { name: CopyKindName; label: string; asks: readonly string[] };

const guide = ({ name, label, asks }: Guide): CopyKind => {
  const prompt = (part: string, more: string) =>
    kindPrompt({ id: `${name}_${part}`, version: 1, asks: [...asks, more] });
  const outlinePrompt = prompt("outline", "Write its outline: title, opening and headings.");
  return {
    name,
    form: defineForm({
      id: name,
      label,
      content: z.strictObject({
        title,
        opening,
        sections: z.array(z.strictObject({ heading, paragraphs })).min(1).max(8),
      }),
      writingNotes: "Sections that can each be read alone.",
      limits: [
        ourLimit("title", 120),
        ourLimit("opening", 600),
        ourLimit("sections.heading", 100),
        ourLimit("sections.paragraphs", 1_200),
      ],
    }),
    prompt: outlinePrompt,
    parts: {
      outline,
      outlinePrompt,
      section,
      sectionPrompt: prompt(
        "section",
        'Write one section: the one whose heading is part.heading, of the guide that "part" describes. Say nothing that another heading promises.',
      ),
    },
    needs: ["products"],
    byTemplate: false,
  };
};

export const buyingGuide = guide({
  name: "buying_guide",
  label: "Buying guide",
  asks: [
    "This is a buying guide: it helps a reader to decide, also against the product. What to look for comes before what the brand has.",
    "Every recommendation rests on a property that a slot states.",
  ],
});

export const howTo = guide({
  name: "how_to",
  label: "How-to",
  asks: [
    "This is a how-to: it teaches a reader to do something with the product, step after step.",
    "Promise no result, and give no advice on health, money or law.",
  ],
});
