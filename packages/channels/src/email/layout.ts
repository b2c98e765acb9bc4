/** The HTML of every mail: made from layout.mjml by build-layout.ts, cut here at its places, once per process. */
import { readFileSync } from "node:fs";
import type { Piece } from "../pieces.ts";

const places = [
  "lang",
  "title",
  "preheader",
  "brand",
  "headline",
  "paragraphs",
  "button_url",
  "button_label",
  "footer",
] as const;
export type Place = (typeof places)[number];

const html = readFileSync(new URL("./layout.compiled.txt", import.meta.url), "utf8");
const cuts = html.split(/\[\[([a-z_]+)\]\]/);

/** What the layout weighs before any words are in it, in bytes. */
export const layoutBytes = Buffer.byteLength(html, "utf8");

/** The layout with everything in its place. What is put in must already be escaped for HTML. */
export const layOut = (content: Readonly<Record<Place, readonly Piece[]>>): Piece[] =>
  cuts.flatMap((cut, index): readonly Piece[] => (index % 2 === 0 ? [cut] : content[placeNamed(cut)]));

function placeNamed(name: string): Place {
  const place = places.find((each) => each === name);
  if (!place) throw new Error(`layout.compiled.txt has a place [[${name}]] that nothing fills`);
  return place;
}
