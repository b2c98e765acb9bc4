/** The products of `{{picks}}` in a mail: a small table of names that lead to the shop, with their prices. */
import type { Filling } from "@chorus/core/channel";
import { formatMoney } from "@chorus/core/money";
import { pickLink, picksShown } from "@chorus/core/picks";
import { linkRoom } from "../links.ts";
import { introOf, nameOf } from "../picks.ts";
import { cutAtSlots, fill, type Piece, type Writing } from "../pieces.ts";

type Within = Parameters<typeof cutAtSlots>[1];
type Shown = { readonly name: string; readonly price: string; readonly url: string };
export type PicksForm = {
  readonly writing: Writing;
  /** The words that introduce the products, and the products. */
  write(intro: string, shown: readonly Shown[]): string;
};

/** A paragraph that ends in picks, as one piece; null for any other. */
export function picksPiece(text: string, within: Within, form: PicksForm): Piece | null {
  const intro = introOf(text);
  if (intro === null) return null;
  const words = cutAtSlots(intro, within, form.writing);
  return (filling) => {
    const shown = shownOf(filling, within.locale);
    return shown.length > 0 ? form.write(fill(words, filling), shown) : "";
  };
}

const shownOf = ({ picks = [], links }: Filling, locale: string): Shown[] =>
  picks.map((each, place) => ({
    name: nameOf(each),
    price: formatMoney(each.price, locale),
    url: links.link(pickLink(place)),
  }));

const rowStyle = "padding:10px 0;border-top:1px solid #d5d8de;font-size:17px;line-height:26px;";

/** What is put in must already be escaped for HTML. */
export const picksTable = (shown: readonly Shown[]): string =>
  `<table role="presentation" border="0" cellpadding="0" cellspacing="0" width="100%" style="margin:0 0 18px;">${shown
    .map(
      ({ name, price, url }) =>
        `<tr><td style="${rowStyle}"><a href="${url}">${name}</a></td><td align="right" style="${rowStyle}white-space:nowrap;"><p style="margin:0;">${price}</p></td></tr>`,
    )
    .join("")}</table>`;

export const picksLines = (shown: readonly Shown[]): string =>
  shown.map(({ name, price, url }) => `- ${name}, ${price}\n  ${url}`).join("\n");

/** As long as a name may be in a product list, every letter of it escaped. */
const longestName = "&quot;".repeat(300);
const longest = { name: longestName, price: "x".repeat(30), url: "x".repeat(linkRoom) };

/** For measuring: the table at its longest, and as it usually is. */
export const longestPicks = picksTable(Array.from({ length: picksShown }, () => longest));
export const usualPicks = picksTable(Array.from({ length: picksShown }, () => ({ ...longest, name: "x".repeat(40) })));
