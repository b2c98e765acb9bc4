/** The products of `{{picks}}` in a text message: their names in one line, each short enough that all can be counted beforehand. */
import type { Filling } from "@chorus/core/channel";
import { languageOf } from "@chorus/core/fact";
import { smsSize, toGsmPunctuation } from "@chorus/core/measure";
import { type Picked, picksShown } from "@chorus/core/picks";
import { introOf, nameOf, withPicks } from "../picks.ts";
import { fill, type Piece } from "../pieces.ts";

/** The longest name, in UTF-16 units. With it three names and a link leave room for a sentence in two parts of GSM-7. */
const nameRoom = 24;
const separator = ", ";

/** For measuring. In words that GSM-7 holds the names are written in it too, and so take no more room than this. */
export const longestPicks = Array.from({ length: picksShown }, () => "x".repeat(nameRoom)).join(separator);

type Line = { readonly cut: (text: string) => Piece[]; readonly isGsm: boolean; readonly locale: string };

/** The pieces of a text one line of which ends in picks, and is left out where there are none; null for any other text. */
export function picksLine(text: string, { cut, isGsm, locale }: Line): Piece[] | null {
  if (introOf(text) === null) return null;
  const lines = text.split("\n").map((line) => ({ pieces: cut(withPicks(line, "")), isPicks: introOf(line) !== null }));
  const between = languageOf(locale) === "zh" ? "、" : separator;
  return [
    (filling) => {
      const names = namesOf(filling, isGsm).join(between);
      const said = lines.filter(({ isPicks }) => !isPicks || names !== "");
      return said.map(({ pieces, isPicks }) => fill(pieces, filling) + (isPicks ? names : "")).join("\n");
    },
  ];
}

const namesOf = ({ picks = [] }: Filling, isGsm: boolean): string[] =>
  picks.map((each) => shortened(isGsm ? inGsm(each) : nameOf(each)));

/** Its letters of one unit each; of a name in another script only the SKU is left. */
function inGsm(picked: Picked): string {
  const letters = [...toGsmPunctuation(nameOf(picked))].map((letter) =>
    isPlain(letter) ? letter : [...letter.normalize("NFKD")].filter(isPlain).join(""),
  );
  return letters.join("").replace(/ +/g, " ").trim() || picked.sku;
}

const isPlain = (letter: string): boolean => {
  const { encoding, units } = smsSize(letter);
  return encoding === "gsm7" && units === 1;
};

/** Cut after a word where one ends in its second half. */
function shortened(name: string): string {
  if (name.length <= nameRoom) return name;
  const space = name.lastIndexOf(" ", nameRoom);
  return space >= nameRoom / 2 ? name.slice(0, space) : name.slice(0, nameRoom).replace(/[\ud800-\udbff]$/, "");
}
