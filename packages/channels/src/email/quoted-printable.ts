/**
 * Quoted-printable around slots (RFC 2045 §6.7). What stays is encoded and wrapped once per variant and ends in a soft
 * line break before each slot, so that a slot's value starts a line of its own and is all that is encoded per message. No
 * line starts with a dot, so that no mail is read through once more to double them on the way (RFC 5321 §4.5.2).
 */
import type { Filling } from "@chorus/core/channel";
import { encode, wrap } from "nodemailer/lib/qp";
import type { Piece } from "../pieces.ts";

const softBreak = "=\r\n";
/** Of the 76 of the standard, the soft break that may follow takes one, and a dot at the start that is written "=2E" two. */
const lineRoom = 73;

/** Pure ASCII, no line over 76 characters, whatever is filled in. */
export function quotedPrintable(pieces: readonly Piece[]): Piece[] {
  const joined = joinWords(pieces);
  return joined.map((piece, index): Piece => {
    const last = index === joined.length - 1;
    return typeof piece === "string"
      ? encodeWords(piece, last)
      : (filling: Filling) => encodeWords(piece(filling), last);
  });
}

function encodeWords(text: string, last: boolean): string {
  if (!text) return "";
  const lines = wrap(encode(text.replace(/\r\n?|\n/g, "\r\n")), lineRoom).replace(/^\./gm, "=2E");
  return last || lines.endsWith("\r\n") ? lines : lines + softBreak;
}

/** Two pieces of words side by side become one, or the break between them would show in the source for nothing. */
function joinWords(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (typeof piece === "string" && typeof last === "string") joined[joined.length - 1] = last + piece;
    else joined.push(piece);
  }
  return joined;
}
