/**
 * Copy cut at its slots, once per variant: words that stay, and between them what is asked per message. Each value is
 * encoded for the place it lands in, and never looked at again.
 */
import type { Filling } from "@chorus/core/channel";
import { fieldRoom, fieldText } from "@chorus/core/contact";
import type { FactSheet } from "@chorus/core/fact";
import type { Problem } from "@chorus/core/problem";
import { checkSlots, fillFacts, type Part, splitSlots } from "@chorus/core/slot";
import { linkLabel, linkNumber, linkRoom } from "./links.ts";

export type Piece = string | ((filling: Filling) => string);

/** How words, a contact's value and a link are written in one medium. */
export type Writing = {
  words(text: string): string;
  value(text: string): string;
  link(url: string, label: string): string;
};

type Within = { readonly facts: FactSheet; readonly locale: string };

/** Facts are filled in here, as words; links and contact fields stay open. */
export const cutAtSlots = (text: string, within: Within, writing: Writing): Piece[] =>
  fillFacts(splitSlots(text).parts, within.facts, within.locale).map((part) => pieceOf(part, within, writing));

function pieceOf(part: Part, within: Within, writing: Writing): Piece {
  switch (part.is) {
    case "text":
      return writing.words(part.text);
    case "contact":
      return ({ to }) => writing.value(fieldText(to, part.field, part.fallback));
    case "link":
      return linkPiece(part.id, within, writing);
    case "picks":
      throw new Error("{{picks}} stands where a channel shows none; check() refuses this content.");
    case "fact":
      throw new Error(`The fact sheet has no fact "${part.id}"; check() refuses this content.`);
  }
}

function linkPiece(id: string, { facts, locale }: Within, writing: Writing): Piece {
  const number = linkNumber(facts, id);
  if (number === null) throw new Error(`The fact sheet has no link "${id}"; check() refuses this content.`);
  const label = linkLabel(facts, id, locale);
  return ({ links }) => writing.link(links.link(number), label);
}

export function fill(pieces: readonly Piece[], filling: Filling): string {
  let text = "";
  for (const piece of pieces) text += typeof piece === "string" ? piece : piece(filling);
  return text;
}

export const plain: Writing = { words: (text) => text, value: (text) => text, link: (url) => url };

/** Problems of the slots of one text. `links: false` where a link cannot be shown. */
export function slotProblems(text: string, path: string, of: { facts: FactSheet; links: boolean }): Problem[] {
  const { parts, problems } = splitSlots(text, path);
  const misplaced = of.links ? [] : parts.filter((part) => part.is === "link");
  return [
    ...problems,
    ...checkSlots(parts, of.facts, path),
    ...misplaced.map((part) => ({
      path,
      code: "slot.link_misplaced",
      message: "A link cannot stand here. Put it into the button or a longer text.",
      got: part.id,
    })),
  ];
}

/** A field that holds the id of a link. */
export const linkProblems = (id: string, path: string, facts: FactSheet): Problem[] =>
  checkSlots([{ is: "link", id }], facts, path);

/**
 * The longest a text can become, with the longest value a contact can have in every slot. That value is in characters
 * that take the most room: three bytes, or an SMS of 70 letters a part.
 */
export const worstCase = (text: string, within: Within, contactRoom = fieldRoom): string =>
  measured(text, within, {
    contact: (fallback) => "名".repeat(Math.max(contactRoom, fallback.length)),
    link: someLink,
  });

/** How a text reads for somebody of whom nothing is known: every slot shows its default. `link` is what a medium shows of one. */
export const usualCase = (text: string, within: Within, link: (id: string) => string = someLink): string =>
  measured(text, within, { contact: (fallback) => fallback, link });

const someLink = (): string => "x".repeat(linkRoom);

type Shown = { contact(fallback: string): string; link(id: string): string };

/** For measuring: also texts with slots that name nothing, which slotProblems reports. */
function measured(text: string, within: Within, as: Shown): string {
  const shown = (part: Part): string => {
    switch (part.is) {
      case "text":
        return part.text;
      case "contact":
        return as.contact(part.fallback);
      case "link":
        return as.link(part.id);
      case "fact":
      case "picks":
        return "";
    }
  };
  return fillFacts(splitSlots(text).parts, within.facts, within.locale).map(shown).join("");
}
