/**
 * The header lines that differ from message to message. Nothing here can start a second header: control characters
 * become spaces, and what is not plain ASCII is written in encoded words (RFC 2047).
 */
import { encodeWord, foldLines } from "nodemailer/lib/mime-funcs";
import MimeNode from "nodemailer/lib/mime-node";

/** Control characters, line ends beyond ASCII, and the marks that reverse how a line is read. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
const unfit = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b\u202a-\u202e\u2066-\u2069\ufeff]+/g;
const plainWords = /^[\x20-\x7e]*$/;
const foldAt = 76;

export const headerWords = (text: string): string => text.replace(unfit, " ").trim();

export function subjectLine(subject: string): string {
  const words = headerWords(subject);
  const line = `Subject: ${words}`;
  if (line.length <= foldAt && plainWords.test(words) && !words.includes("=?")) return line;
  return foldLines(`Subject: ${MimeNode.encodeHeaderValue("Subject", words)}`, foldAt);
}

/** The one recipient. The address is the normalised one of the envelope; anything else is a mistake of ours. */
export function toLine(address: string, name: string | null): string {
  if (!/^[\x21-\x7e]+$/.test(address) || /[<>,;:"\\()]/.test(address))
    throw new Error("An address that was not normalised reached the To header.");
  const words = headerWords(name ?? "").slice(0, 60);
  if (!words) return `To: ${address}`;
  const shown = /^[A-Za-z0-9 .'-]+$/.test(words) ? `"${words}"` : encodeWord(words, "B", 52);
  return `To: ${shown}\r\n <${address}>`;
}

/** RFC 5322 §3.3, always in UTC. */
export const dateLine = (at: Date): string => `Date: ${at.toUTCString().replace("GMT", "+0000")}`;

/** RFC 8058: the reader's mail program unsubscribes with one POST. */
export const unsubscribeLines = (url: string): string =>
  `List-Unsubscribe: <${url.replace(/[^\x21-\x7e]|[<>]/g, encodeURIComponent)}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click`;
