/** Approved, edited, rejected and rated copy as examples that a model can be trained on, in the forms that trainers read. */
import { type Contents, canonicalJson } from "./variant.ts";

export const trainingShapes = ["openai", "trl"] as const;
export type TrainingShape = (typeof trainingShapes)[number];

/** The question as a model was, or would have been, asked it. */
export type Asked = readonly { readonly role: string; readonly content: string }[];

const answer = (contents: Contents) => ({ role: "assistant", content: canonicalJson(contents) });

/** OpenAI: a chat · TRL: conversational prompt and completion. */
export function sftExample(shape: TrainingShape, of: { asked: Asked; good: Contents }): object {
  return shape === "openai"
    ? { messages: [...of.asked, answer(of.good)] }
    : { prompt: of.asked, completion: [answer(of.good)] };
}

/** OpenAI: input with a preferred and another output · TRL: prompt, chosen, rejected. */
export function dpoExample(shape: TrainingShape, of: { asked: Asked; good: Contents; bad: Contents }): object {
  return shape === "openai"
    ? {
        input: { messages: of.asked },
        preferred_output: [answer(of.good)],
        non_preferred_output: [answer(of.bad)],
      }
    : { prompt: of.asked, chosen: [answer(of.good)], rejected: [answer(of.bad)] };
}
