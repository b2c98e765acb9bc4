/** Invitation to a course or seminar, and what is sent to those who came. */
import { z } from "zod";
import { defineForm, lineOf, ourLimit } from "../define-form.ts";
import { type CopyKind, kindPrompt } from "./kind.ts";

const content = z.strictObject({
  subject: lineOf(z.string().max(255), "subject", "what it is"),
  paragraphs: z
    .array(lineOf(z.string().max(1_200), "paragraph", "one thought in a few sentences"))
    .min(1)
    .max(4),
  button: lineOf(z.string().max(80), "button", "two to four words that say what happens next"),
  link: z.string().min(1).max(40).meta({ role: "link", description: "where it leads" }),
});

const form = (id: string, label: string, writingNotes: string) =>
  defineForm({
    ...{ id, label, content, writingNotes },
    limits: [ourLimit("subject", 80), ourLimit("paragraphs", 800), ourLimit("button", 30)],
  });

export const invitation: CopyKind = {
  name: "invitation",
  form: form("invitation", "Invitation", "What it is, when and where, what one takes home, how to say yes."),
  prompt: kindPrompt({
    id: "invitation",
    version: 1,
    asks: [
      "This invites to a course or seminar. Say what it is about, when, where and for whom, as the slots state it, and what one will be able to do after it.",
      "Count no places and no days that are left.",
    ],
  }),
  needs: ["date", "link"],
  byTemplate: true,
};

export const followUp: CopyKind = {
  name: "follow_up",
  form: form("follow_up", "Follow-up", "Thanks, the one thing worth remembering, and the next step."),
  prompt: kindPrompt({
    id: "follow_up",
    version: 1,
    asks: [
      "This is sent after a course or seminar to those who came. Thank them, name one thing worth remembering from the slots, and offer the next step.",
      "Do not say how it went or what anybody said.",
    ],
  }),
  needs: ["link"],
  byTemplate: true,
};
