/** Finds words in what a reader will see, and says how exactly they stand there. */
import type { FactSheet } from "@chorus/core/fact";
import { fillFacts, splitSlots } from "@chorus/core/slot";
import { type Folded, fold } from "./fold.ts";

/** With facts and defaults filled in: a banned word is banned in a product's name too, and a must-say may be said with a slot. */
export function shownTo(text: string, on: { readonly facts: FactSheet; readonly locale: string }): string {
  return fillFacts(splitSlots(text).parts, on.facts, on.locale)
    .map((part) => (part.is === "text" ? part.text : part.is === "contact" ? part.fallback : " "))
    .join("");
}

/** Asked for a pattern, it gives the exact words of every match in the folded text. */
export function finder(text: string, folded: Folded = fold(text)): (pattern: RegExp) => string[] {
  return (pattern) =>
    [...folded.text.matchAll(pattern)].map((each) =>
      text.slice(...folded.place(each.index, each.index + each[0].length)),
    );
}
