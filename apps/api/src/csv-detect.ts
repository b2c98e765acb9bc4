/** Finds out in what letters and with what separator a file is written. What cannot be known is asked, never guessed. */
import type { Checked, Problem } from "@chorus/core/problem";
import { bad, ok } from "@chorus/core/problem";

/** A label that TextDecoder knows. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "gb18030" | "windows-1252";

const names: Readonly<Record<string, Encoding>> = {
  "utf-8": "utf-8",
  utf8: "utf-8",
  "us-ascii": "utf-8",
  "utf-16": "utf-16le",
  "utf-16le": "utf-16le",
  "utf-16be": "utf-16be",
  gb18030: "gb18030",
  gbk: "gb18030",
  gb2312: "gb18030",
  "iso-8859-1": "windows-1252", // as the WHATWG Encoding Standard reads it, and every browser
  latin1: "windows-1252",
  "windows-1252": "windows-1252",
};

/** `head`: the first bytes of the file, as many as are at hand; `charset`: what the sender says, if anything. */
export function detectEncoding(head: Uint8Array, charset: string | undefined): Checked<Encoding> {
  const marked = byMark(head);
  if (marked) return ok(marked);
  if (charset !== undefined) {
    const named = names[charset.toLowerCase()];
    return named ? ok(named) : bad(unknownCharset(charset));
  }
  const wide = byZeros(head);
  if (wide) return ok(wide);
  if (decodes(head, "utf-8")) return ok("utf-8");
  return byNeighbours(head);
}

function byMark(head: Uint8Array): Encoding | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8";
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  return head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : null;
}

/** The separators and digits of any table are ASCII, so in UTF-16 every other byte of them is zero. */
function byZeros(head: Uint8Array): Encoding | null {
  const zeros = [0, 0];
  for (const [i, byte] of head.entries()) if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (even + odd < head.length / 10) return null;
  return odd > even ? "utf-16le" : "utf-16be";
}

const decodes = (head: Uint8Array, encoding: Encoding): boolean => {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(head, { stream: true }); // the last character may be cut
    return true;
  } catch {
    return false;
  }
};

/** In Chinese text high bytes stand in pairs; in western European text an accented letter mostly stands alone. */
function byNeighbours(head: Uint8Array): Checked<Encoding> {
  const isHigh = (i: number) => (head[i] ?? 0) >= 0x80;
  let high = 0;
  let alone = 0;
  for (let i = 0; i < head.length; i++) {
    if (!isHigh(i)) continue;
    high++;
    if (!isHigh(i - 1) && !isHigh(i + 1)) alone++;
  }
  if (alone > 0.9 * high) return ok("windows-1252");
  return alone < 0.1 * high && decodes(head, "gb18030") ? ok("gb18030") : bad(ambiguous);
}

const unknownCharset = (got: string): Problem => ({
  path: "",
  code: "csv.charset_unknown",
  message: `This charset is not read here. Send the file as one of: ${[...new Set(Object.values(names))].join(", ")}.`,
  got: got.slice(0, 40),
});

const ambiguous: Problem = {
  path: "",
  code: "csv.encoding_ambiguous",
  message:
    "The file is not UTF-8 and could be read in more than one way. Say which, as in Content-Type: text/csv; charset=gb18030.",
};

const separators = [",", ";", "\t"] as const;

/** The separator that stands most often in the first line, outside of quotes; a comma when none does. */
export function detectSeparator(text: string): string {
  const counts = new Map<string, number>();
  let isQuoted = false;
  for (const letter of text) {
    if (letter === '"') isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (letter === "\n" || letter === "\r") break;
    if ((separators as readonly string[]).includes(letter)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  return [...separators].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))[0] ?? ",";
}
