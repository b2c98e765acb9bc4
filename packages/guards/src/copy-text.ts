/** What the guards are given: texts with their place, and everything that says what is allowed. */
import type { BrandVoice } from "@chorus/core/brand-voice";
import type { Brief } from "@chorus/core/brief";
import type { FactSheet } from "@chorus/core/fact";

export type CopyText = {
  /** A JSON path such as `contents.email.paragraphs.0`. */
  readonly path: string;
  readonly text: string;
};

export type Copy = {
  readonly texts: readonly CopyText[];
  readonly facts: FactSheet;
  readonly locale: string;
  readonly brief: Pick<Brief, "mustSay" | "mustNotSay" | "sector">;
  readonly voice: BrandVoice;
  readonly by: "model" | "person";
};

/** The place of the message that a text is part of: its channel's. A set of loose texts is one message. */
export const messageOf = ({ path }: CopyText): string =>
  path.startsWith("contents.") ? path.split(".").slice(0, 2).join(".") : "";
