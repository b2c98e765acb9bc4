/** What a language's phrase book has to offer. Each answers several wordings, the wanted one first; none writes a figure or an address. */
import type { Cast } from "./copy-cast.ts";

export type PhraseBook = {
  subject(cast: Cast): string[];
  preheader(cast: Cast): string[];
  headline(cast: Cast): string[];
  greeting(cast: Cast): string;
  /** Paragraphs of a mail, in order. */
  paragraphs(cast: Cast): string[];
  /** One text message, with its link when that has no field of its own. No names: they would cost parts. */
  /** Introduces the products picked for each reader, in words for those as well of whom nothing may be known. */
  picks(slot: string): string;
  text(cast: Cast, withLink: boolean): string[];
  /** How long a text message is at its best, in characters, with examples in its slots. */
  textRoom: number;
  /** A short post in a chat channel. */
  chat(cast: Cast): string[];
  button(cast: Cast): string[];
  /** Lines that can each stand alone, all different. */
  lines(cast: Cast): string[];
  closing(cast: Cast): string;
  /** For fields that ask why, or that nobody here understands. */
  remark: string;
};

/** Joins what there is to say and leaves out what there is not. */
export const say = (between: string, ...parts: (string | null | undefined | false)[]): string =>
  parts.filter((part): part is string => typeof part === "string" && part !== "").join(between);

/** A phrase as a sentence of its own. */
export const closed = (phrase: string, mark: string): string =>
  /[.!?。！？]$/.test(phrase.trim()) ? phrase.trim() : `${phrase.trim()}${mark}`;
