/** A post as it is handed to an instance, which makes links and hashtags of the words by itself, and would make mentions. */
import type { CompileFor, Filling, Preview, Render } from "@chorus/core/channel";
import { languageOf } from "@chorus/core/fact";
import { measure } from "../measures.ts";
import { cutAtSlots, fill, type Piece, type Writing } from "../pieces.ts";
import { type MastodonContent, mastodonLimit } from "./content.ts";
import { asCounted } from "./length.ts";

export type MastodonBody = {
  /** The account whose timeline it is for: `@name@instance`. */
  readonly account: string;
  readonly status: string;
  /** ISO 639, as the instance tells languages apart. */
  readonly language: string;
};

/** An @ before a name would write to somebody; its wide form looks alike and calls nobody. */
export const withoutMentions = (text: string): string => text.replace(/(?<![\w/])@(?=\w)/g, "＠");

const writing: Writing = { words: withoutMentions, value: withoutMentions, link: (url) => url };

const cut = ({ text }: MastodonContent, within: CompileFor): Piece[] => cutAtSlots(text, within, writing);

export function compileMastodon(content: MastodonContent, within: CompileFor): Render<MastodonBody> {
  const pieces = cut(content, within);
  return (filling) => ({
    body: { account: filling.to.address, status: fill(pieces, filling), language: languageOf(within.locale) },
  });
}

export function previewMastodon(content: MastodonContent, within: CompileFor, filling: Filling): Preview {
  const text = fill(cut(content, within), filling);
  return { text, measures: [measure(mastodonLimit, asCounted(text))] };
}
