/**
 * What of a post is more than words. The words stand for themselves, and facets beside them say which bytes of their UTF-8
 * are a link or a hashtag (atproto.com/lexicons, app.bsky.richtext.facet). Nobody is mentioned: an @ stays a letter.
 */
import { countBytes, countGraphemes } from "@chorus/core/measure";

export type Facet = {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly (
    | { readonly $type: "app.bsky.richtext.facet#link"; readonly uri: string }
    | { readonly $type: "app.bsky.richtext.facet#tag"; readonly tag: string }
  )[];
};
export type RichText = { readonly text: string; readonly facets: readonly Facet[] };

/** Three control characters around a link's address and its label. No content may hold them, and values lose them. */
const marks = { start: "\u0001", middle: "\u0002", end: "\u0003" };
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are the marks
const anyMark = /[\u0001-\u0003]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are the marks
const markedLink = /\u0001([^\u0002]*)\u0002([^\u0003]*)\u0003/;

export const unmarked = (text: string): string => text.replace(anyMark, "");
export const markLink = (url: string, label: string): string =>
  `${marks.start}${unmarked(url)}${marks.middle}${unmarked(label)}${marks.end}`;

export function readRichText(marked: string): RichText {
  const [before = "", ...links] = marked.split(marks.start);
  let text = before;
  const facets: Facet[] = [];
  for (const each of links) {
    const [, uri = "", label = ""] = markedLink.exec(marks.start + each) ?? [];
    const byteStart = countBytes(text);
    text += label;
    const index = { byteStart, byteEnd: countBytes(text) };
    facets.push({ index, features: [{ $type: "app.bsky.richtext.facet#link", uri }] });
    text += each.slice(each.indexOf(marks.end) + 1);
  }
  const all = [...facets, ...hashtags(text).filter((tag) => !facets.some((link) => overlaps(link, tag)))];
  return { text, facets: all.sort((one, other) => one.index.byteStart - other.index.byteStart) };
}

/** A word behind # that is not all digits; 64 graphemes are a tag's limit (lexicon app.bsky.richtext.facet, tag). */
const hashtag = /(?<![\p{L}\p{N}\p{M}_#&/])[#＃]([\p{L}\p{N}\p{M}_]*[\p{L}\p{M}_][\p{L}\p{N}\p{M}_]*)/gu;
const tagRoom = 64;

const hashtags = (text: string): Facet[] =>
  [...text.matchAll(hashtag)].flatMap(({ 0: whole, 1: tag = "", index }): Facet[] => {
    if (countGraphemes(tag) > tagRoom) return [];
    const byteStart = countBytes(text.slice(0, index));
    return [
      {
        index: { byteStart, byteEnd: byteStart + countBytes(whole) },
        features: [{ $type: "app.bsky.richtext.facet#tag", tag }],
      },
    ];
  });

const overlaps = ({ index: one }: Facet, { index: other }: Facet): boolean =>
  one.byteStart < other.byteEnd && other.byteStart < one.byteEnd;
