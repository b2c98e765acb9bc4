/** A prompt is software: it has an id, a version, typed input and output, and a snapshot test of what it renders. */
import type { z } from "zod";

export type PromptMessage = { readonly role: "system" | "user"; readonly content: string };

export type Prompt<Input, From, Output> = {
  /** Stored with every copy it wrote. */
  readonly id: string;
  /** Raised with every change of what is rendered; the snapshot test fails until somebody has looked. */
  readonly version: number;
  readonly input: z.ZodType<Input>;
  /** What an answer must be, which may depend on what was asked for. */
  output(from: From): z.ZodType<Output>;
  render(input: Input): readonly PromptMessage[];
};

/** Ties input, rendering and output together; what is rendered has always been read by the input's schema. */
export function definePrompt<Input, From, Output>(prompt: Prompt<Input, From, Output>): Prompt<Input, From, Output> {
  return { ...prompt, render: (input) => prompt.render(prompt.input.parse(input)) };
}
