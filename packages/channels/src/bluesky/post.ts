/** A post as Bluesky keeps it: a record under a key of our own, with facets for what is more than words. */
import type { CompileFor, Filling, Preview, Render } from "@chorus/core/channel";
import { measure } from "../measures.ts";
import { cutAtSlots, fill, type Writing } from "../pieces.ts";
import { type BlueskyContent, blueskyLimits } from "./content.ts";
import { recordKey } from "./record-key.ts";
import { type Facet, markLink, readRichText, unmarked } from "./rich-text.ts";

export const postCollection = "app.bsky.feed.post";

export type BlueskyBody = {
  /** The account whose feed it is for: its handle or its DID. */
  readonly repo: string;
  readonly rkey: string;
  readonly record: {
    readonly $type: typeof postCollection;
    readonly text: string;
    readonly facets: readonly Facet[];
    readonly langs: readonly string[];
    readonly createdAt: string;
  };
};

const writing: Writing = { words: unmarked, value: unmarked, link: markLink };

export function compileBluesky(content: BlueskyContent, within: CompileFor): Render<BlueskyBody> {
  const pieces = cutAtSlots(content.text, within, writing);
  return (filling, message) => ({
    body: {
      repo: filling.to.address,
      rkey: recordKey(message),
      record: {
        $type: postCollection,
        ...readRichText(fill(pieces, filling)),
        langs: [within.locale],
        createdAt: message.at.toISOString(),
      },
    },
  });
}

export function previewBluesky(content: BlueskyContent, within: CompileFor, filling: Filling): Preview {
  const { text } = readRichText(fill(cutAtSlots(content.text, within, writing), filling));
  return { text, measures: blueskyLimits.map((limit) => measure(limit, text)) };
}
