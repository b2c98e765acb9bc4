/** How long a text is, in each way that some medium counts. */

/** GSM 03.38 basic set (3GPP TS 23.038 §6.2.1); each takes one septet. */
const gsmBasic =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/** The extension table of the same standard; each takes two septets. */
const gsmExtension = "\f^{}\\[~]|€";
const septets = new Map<string, number>([
  ...[...gsmBasic].map((letter): [string, number] => [letter, 1]),
  ...[...gsmExtension].map((letter): [string, number] => [letter, 2]),
]);

export type SmsSize = {
  readonly encoding: "gsm7" | "ucs2";
  /** Septets in GSM-7, UTF-16 units in UCS-2. */
  readonly units: number;
  readonly parts: number;
};

/** One part holds 160 septets or 70 units, each of several 153 or 67: the rest is the header that joins them. */
export function smsSize(text: string): SmsSize {
  const sizes = [...text].map((letter) => septets.get(letter));
  if (sizes.every((size) => size !== undefined)) {
    const units = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    return { encoding: "gsm7", units, parts: units <= 160 ? 1 : packParts(sizes as number[], 153) };
  }
  const parts =
    text.length <= 70
      ? 1
      : packParts(
          [...text].map((letter) => letter.length),
          67,
        );
  return { encoding: "ucs2", units: text.length, parts };
}

/** A character that takes two units is never split over two parts. */
function packParts(sizes: readonly number[], room: number): number {
  let parts = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > room) {
      parts++;
      used = 0;
    }
    used += size;
  }
  return parts;
}

const typographic: Record<string, string> = {
  "\u2018": "'",
  "\u2019": "'",
  "\u201c": '"',
  "\u201d": '"',
  "\u2013": "-",
  "\u2014": "-",
  "\u2026": "...",
  "\u00a0": " ",
};
/** Replaces typographic marks that would turn 160 letters a part into 70. */
export const toGsmPunctuation = (text: string): string =>
  text.replace(/[\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00a0]/g, (mark) => typographic[mark] ?? mark);

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });
export const countGraphemes = (text: string): number => [...segmenter.segment(text)].length;
export const countBytes = (text: string): number => Buffer.byteLength(text, "utf8");

/** What takes two columns beside one of a Latin letter: the scripts of East Asia and full-width forms (Unicode TR 11). */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
export const countColumns = (text: string): number =>
  [...segmenter.segment(text)].reduce((sum, { segment }) => sum + (wide.test(segment) ? 2 : 1), 0);

export const counts = ["sms_parts", "utf16", "graphemes", "bytes", "columns"] as const;
export type Counted = (typeof counts)[number];
export function countText(text: string, counted: Counted): number {
  switch (counted) {
    case "sms_parts":
      return smsSize(text).parts;
    case "utf16":
      return text.length;
    case "graphemes":
      return countGraphemes(text);
    case "bytes":
      return countBytes(text);
    case "columns":
      return countColumns(text);
  }
}
