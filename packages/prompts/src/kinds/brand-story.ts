/** A story that carries what the brand stands for. It says which of the brand's values it speaks of. */
import type { CheckWithin, Form } from "@chorus/core/channel";
import type { Problem } from "@chorus/core/problem";
import { z } from "zod";
import { defineForm, lineOf, ourLimit } from "../define-form.ts";
import { type CopyKind, kindPrompt } from "./kind.ts";

const content = z.strictObject({
  title: lineOf(z.string().max(200), "headline", "what the story is about"),
  paragraphs: z
    .array(lineOf(z.string().max(2_000), "paragraph", "one step of the story"))
    .min(2)
    .max(8),
  values: z
    .array(z.string().min(1).max(40).meta({ role: "value", description: "the id of a value that the story speaks of" }))
    .min(1)
    .max(10)
    .meta({ description: "1 or more values" }),
});

const form = defineForm({
  id: "brand_story",
  label: "Brand story",
  content,
  writingNotes: "Carried by one or two values. Shows them in what the brand does and sells; does not praise itself.",
  limits: [ourLimit("title", 120), ourLimit("paragraphs", 1_500)],
});

/** Only the brand's own values can be spoken of. */
function unknownValues(given: unknown, { values = [] }: CheckWithin): Problem[] {
  const read = content.safeParse(given);
  if (!read.success) return [];
  return read.data.values.flatMap((id, index): Problem[] =>
    values.includes(id)
      ? []
      : [
          {
            ...{ path: `values.${index}`, code: "value.unknown", got: id },
            message: `The brand has no value "${id}". It has: ${values.join(", ") || "none yet"}.`,
          },
        ],
  );
}

const withValues: Form = {
  ...form,
  check: (given, within) => [...form.check(given, within), ...unknownValues(given, within)],
};

export const brandStory: CopyKind = {
  name: "brand_story",
  form: withValues,
  prompt: kindPrompt({
    id: "brand_story",
    version: 1,
    asks: [
      'This is a story about the brand. It is carried by at least one of the values of the brand voice: show them in what the brand does, makes and sells, and give their ids in "values". Its culture may be told of as well.',
      "No event, person, year or place is told that no slot states. Culture is shown with respect and without clichés.",
    ],
  }),
  needs: ["values"],
  byTemplate: false,
};
