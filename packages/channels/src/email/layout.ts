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
type Place = (typeof places)[number];
type ButtonPlace = "button_url" | "button_label";
/** A mail without a button leaves out its two places. */
type LaidOut = Readonly<
  Record<Exclude<Place, ButtonPlace>, readonly Piece[]> & Partial<Record<ButtonPlace, readonly Piece[]>>
>;

const html = readFileSync(new URL("./layout.compiled.txt", import.meta.url), "utf8");
/** Everything, and everything but the button, cut at their places. */
const withButton = html.replaceAll(/\[\[button_(?:begin|end)\]\]\n?/g, "").split(/\[\[([a-z_]+)\]\]/);
const withoutButton = html.replace(/\[\[button_begin\]\][\s\S]*\[\[button_end\]\]\n?/, "").split(/\[\[([a-z_]+)\]\]/);

/** What the layout weighs before any words are in it, in bytes. */
export const layoutBytes = Buffer.byteLength(html, "utf8");

/** The layout with everything in its place; without a button, no room is left for it. What is put in must already be escaped for HTML. */
export const layOut = (content: LaidOut): Piece[] =>
  (content.button_url ? withButton : withoutButton).flatMap((cut, index): readonly Piece[] =>
    index % 2 === 0 ? [cut] : (content[placeNamed(cut)] ?? []),
  );

function placeNamed(name: string): Place {
  const place = places.find((each) => each === name);
  if (!place) throw new Error(`layout.compiled.txt has a place [[${name}]] that nothing fills`);
  return place;
}
