/** A kind of copy: what is written, by which prompt, and what must be there for it to stand on. */
import type { Form } from "@chorus/core/channel";
import type { CopyKindName } from "@chorus/core/copy";
import { always, type CopyPrompt, defineCopyPrompt } from "../copy-prompt.ts";

/** products: at least one · values: the brand has said what it stands for · date: the brief states a day · link: somewhere to go. */
export type Need = "products" | "values" | "date" | "link";

export type CopyKind = {
  readonly name: CopyKindName;
  /** Null: a message, for the channels that are asked for. */
  readonly form: Form | null;
  readonly prompt: CopyPrompt;
  readonly needs: readonly Need[];
  /** Phrases around the facts make it, where no model does. */
  readonly byTemplate: boolean;
  /** A longer piece is planned first, and then written part by part. */
  readonly parts?: Parts | undefined;
};

export type Parts = {
  readonly outline: Form;
  readonly outlinePrompt: CopyPrompt;
  readonly section: Form;
  readonly sectionPrompt: CopyPrompt;
};

const closing = [
  "Say everything in brief.mustSay. Say nothing of brief.mustNotSay.",
  'Obey the notes and limits in "channels", counted with the examples of the slots put in.',
] as const;

/** The prompt of a kind: `asks` says what it is and how it is made, a line each. */
export const kindPrompt = (of: { id: string; version: number; asks: readonly string[] }): CopyPrompt =>
  defineCopyPrompt({
    ...{ id: of.id, version: of.version },
    opening: (brand) => `You write for ${brand}.`,
    craft: [
      'In the language of "locale", as a person of that language would say it. Concrete, without superlatives, pressure or exclamation marks in a row.',
      "A property of a product is stated by its slot and no other is stated: what no slot says of a product is not known.",
      'Where "reader" is given, write for such readers: choose what suits them, and never name or describe them.',
      ...of.asks,
      always.voice,
      ...closing,
    ],
  });
