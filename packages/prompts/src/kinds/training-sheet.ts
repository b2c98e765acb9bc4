/** What staff should know before a campaign reaches customers, from the same facts as its copy. */
import { z } from "zod";
import { defineForm, lineOf, ourLimit } from "../define-form.ts";
import { type CopyKind, kindPrompt } from "./kind.ts";

const content = z.strictObject({
  title: lineOf(z.string().max(200), "headline", "what the sheet is about"),
  summary: lineOf(z.string().max(1_000), "paragraph", "what is offered, to whom, and until when"),
  points: z
    .array(lineOf(z.string().max(300), "feature", "one fact that staff must know"))
    .min(1)
    .max(20)
    .meta({ description: "3 points" }),
  questions: z
    .array(
      z.strictObject({
        question: lineOf(z.string().max(200), "headline", "as a customer would ask it"),
        answer: lineOf(z.string().max(1_000), "paragraph", "what the facts say, or whom to ask"),
      }),
    )
    .max(12)
    .meta({ description: "2 questions" }),
});

export const trainingSheet: CopyKind = {
  name: "training_sheet",
  form: defineForm({
    id: "training_sheet",
    label: "Training sheet",
    content,
    writingNotes:
      "For colleagues behind a counter or a phone, who have a minute. Facts first, then what customers ask.",
    limits: [
      ourLimit("title", 120),
      ourLimit("summary", 600),
      ourLimit("points", 200),
      ourLimit("questions.question", 150),
      ourLimit("questions.answer", 600),
    ],
  }),
  prompt: kindPrompt({
    id: "training_sheet",
    version: 1,
    asks: [
      "This is a training sheet for staff. It holds what the campaign's copy may say and nothing more: colleagues will repeat it to customers.",
      "Where the slots do not answer what a customer may ask, the answer says that it is not known and whom to ask.",
    ],
  }),
  needs: ["products"],
  byTemplate: false,
};
