/**
 * Finds what points at one person by its form: numbers with a check digit by their check digit, the others by how they are
 * written. Names and streets have no form and are not found: they are kept out of prompts by never being put in.
 */

export const personalKinds = ["email", "phone", "card", "iban", "us_ssn", "cn_id", "ip"] as const;
export type PersonalKind = (typeof personalKinds)[number];
export type PersonalSpan = { readonly kind: PersonalKind; readonly from: number; readonly to: number };

type Form = { readonly kind: PersonalKind; readonly pattern: RegExp; readonly holds?: (found: string) => boolean };

/** In this order: what is longer and surer first. A span lies in one kind only. */
const forms: readonly Form[] = [
  { kind: "email", pattern: /[^\s<>"'(),:;=&?[\]]+(?:@|%40)[^\s<>"'(),:;=&?[\]]+\.[^\s<>"'(),:;=&?[\].]{2,}/giu },
  {
    kind: "iban",
    pattern: /\b(?:[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?|[a-z]{2}\d{2}[a-z0-9]{11,30})\b/gu,
    holds: isIban,
  },
  {
    kind: "cn_id",
    pattern: /(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dx](?![\dx])/giu,
    holds: isChineseId,
  },
  { kind: "card", pattern: /(?<![\d.-])\d(?:[ -]?\d){11,18}(?![\d-])/gu, holds: isCard },
  { kind: "us_ssn", pattern: /(?<![\d-])(?!000|666)\d{3}[- ]\d{2}[- ](?!0000)\d{4}(?![\d-])/gu },
  { kind: "ip", pattern: /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)/gu },
  { kind: "ip", pattern: /(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])/giu },
  { kind: "phone", pattern: /(?<!\d[.,/-]?)(?:\+|00)\d(?:[\s().-]{0,3}\d){6,14}(?![.,/-]?\d)/gu },
  {
    kind: "phone",
    pattern: /(?<!\d[.,/-]?)\(?0?\d{1,5}\)?(?:[ .-]{1,2}\(?\d{2,8}\)?){1,5}(?:\s?x\d{1,5})?(?![.,/-]?\d)/gu,
    holds: looksDialled,
  },
  { kind: "phone", pattern: /(?<!\d[.,/-]?)(?:0\d{8,10}|1[3-9]\d{9}|[2-9]\d{9})(?![.,/-]?\d)/gu },
];

/** In the order in which they stand. */
export function personalData(text: string): PersonalSpan[] {
  const spans: PersonalSpan[] = [];
  for (const { kind, pattern, holds } of forms)
    for (const { index, 0: found } of text.matchAll(pattern)) {
      const span = { kind, from: index, to: index + found.trimEnd().length };
      const isTaken = spans.some((other) => span.from < other.to && other.from < span.to);
      if (!isTaken && (holds?.(found) ?? true)) spans.push(span);
    }
  return spans.sort((a, b) => a.from - b.from);
}

/** Each span becomes its kind in brackets, so that a reader still knows what stood there. */
export function withoutPersonalData(text: string): string {
  return personalData(text).reduceRight(
    (rest, { kind, from, to }) => `${rest.slice(0, from)}[${kind}]${rest.slice(to)}`,
    text,
  );
}

const digitsOf = (text: string): number[] => [...text.replace(/\D/g, "")].map(Number);

/** ISO/IEC 7812: Luhn's check digit. */
function isCard(text: string): boolean {
  const digits = digitsOf(text).reverse();
  const sum = digits.reduce((total, digit, at) => {
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return digits.length >= 12 && sum % 10 === 0 && new Set(digits).size > 1;
}

/** ISO 13616: letters as numbers, the first four moved to the end, 1 modulo 97. */
function isIban(text: string): boolean {
  const plain = text.replace(/[ -]/g, "").toUpperCase();
  const moved = `${plain.slice(4)}${plain.slice(0, 4)}`;
  const figures = [...moved].map((letter) => Number.parseInt(letter, 36)).join("");
  return [...figures].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1;
}

/** GB 11643-1999: a weighted sum modulo 11. */
function isChineseId(text: string): boolean {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(text[at]), 0);
  return "10X98765432"[sum % 11] === text.at(-1)?.toUpperCase();
}

/** Seven digits to fifteen with marks that people put into a number; a date or a range of years has fewer or other ones. */
function looksDialled(text: string): boolean {
  const digits = digitsOf(text).length;
  if (/^\d{3}[ .-]\d{4}$/.test(text)) return true;
  if (digits < 8 || digits > 15) return false;
  const isDate = /^\d{4}[-. ]\d{1,2}[-. ]\d{1,2}$|^\d{1,2}[-. ]\d{1,2}[-. ]\d{4}$/.test(text);
  return !isDate && !/^(?:19|20)\d{2}\s?-\s?(?:19|20)\d{2}$/.test(text);
}
