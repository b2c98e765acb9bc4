/** What the template writer can say in one language. */
import type { Material } from "./template-material.ts";

/**
 * For each role the wordings in order of preference, the fullest first and the shortest last: when a channel's check or
 * a guard minds one, the next is taken. Paragraphs come as whole sets.
 */
export type PhraseBook = {
  subject(from: Material): string[];
  preheader(from: Material): string[];
  headline(from: Material): string[];
  button(from: Material): string[];
  /** For one text that is the whole message: it names the link. */
  shortMessage(from: Material): string[];
  /** Without what must be said and without a greeting. */
  paragraphs(from: Material): string[][];
  /** The paragraph that ends in the products picked for each reader. */
  picks(from: Material): string;
  /** Opens the first paragraph in a channel to one contact. */
  greeting: string;
  /** Puts two sentences after one another. */
  join(...sentences: readonly string[]): string;
  sentence(text: string): string;
};

/** What an angle puts first; nothing where what it would speak of is not there. */
export type Lead = { readonly subject: string | null; readonly opening: string | null };
export const noLead: Lead = { subject: null, opening: null };

/** Starts the list at another of its first wordings, so that two segments need not sound alike. */
export function turned(wordings: readonly string[], pick: number): string[] {
  const from = wordings.length > 0 ? pick % wordings.length : 0;
  return [...wordings.slice(from), ...wordings.slice(0, from)];
}

/** Leaves out the wordings whose facts are not there. */
export const said = (...wordings: readonly (string | null)[]): string[] =>
  wordings.filter((wording) => wording !== null);
