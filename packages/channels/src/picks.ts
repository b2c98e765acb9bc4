/**
 * `{{picks}}` in a text: at the end of a paragraph or a line, whose words introduce the products. Where nothing was picked
 * for a reader all of it is left out, so that nobody reads an introduction to nothing.
 */
import type { CheckWithin } from "@chorus/core/channel";
import { onOneLine } from "@chorus/core/contact";
import type { Picked } from "@chorus/core/picks";
import type { Problem } from "@chorus/core/problem";

const slot = /\{\{\s*picks\s*\}\}/;
const atEnd = /\{\{\s*picks\s*\}\}$/;

/** The words before the slot; null for a text without it. */
export const introOf = (text: string): string | null =>
  slot.test(text) ? text.trimEnd().replace(atEnd, "").trimEnd() : null;

/** A text as long as with these words in the slot's place, for measuring. */
export const withPicks = (text: string, words: string): string => text.replace(slot, () => words);

/** A product's name as the shop wrote it, on one line. */
export const nameOf = ({ name }: Picked): string => onOneLine(name);

type Field = { readonly path: string; readonly text: string; readonly picks: boolean };

/** Once in a message, in a field that has room for it, and only where somebody in particular is advertised to. */
export function picksProblems(fields: readonly Field[], within: Pick<CheckWithin, "single">): Problem[] {
  const places = fields.filter(({ text }) => slot.test(text));
  const minded = within.single && within.single.class !== "marketing" ? mustNotAdvertise : null;
  return places.flatMap(({ path, text, picks }, index): Problem[] => {
    if (minded) return [{ path, ...minded }];
    if (!picks) return [{ path, ...misplaced }];
    const lines = text.split("\n").filter((line) => slot.test(line));
    if (index > 0 || lines.length > 1) return [{ path, ...twice }];
    return lines.every(isAtEnd) ? [] : [{ path, ...notAtEnd }];
  });
}

const isAtEnd = (line: string): boolean => atEnd.test(line.trimEnd()) && !slot.test(introOf(line) ?? "");

const misplaced = {
  code: "slot.picks_misplaced",
  message: "{{picks}} cannot stand here. Put it at the end of a paragraph of a message to one contact.",
};
const notAtEnd = {
  code: "slot.picks_not_at_end",
  message:
    "{{picks}} ends its paragraph or line, as in “You may also like: {{picks}}”. Put what follows into the next.",
};
const twice = { code: "slot.picks_twice", message: "{{picks}} stands here a second time. Once is enough." };
const mustNotAdvertise = {
  code: "slot.picks_class",
  message: "{{picks}} advertises, and this message is no marketing. Take it out.",
};
