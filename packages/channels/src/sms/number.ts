/** A mobile number in E.164, the one form that is stored and compared. Numbers that no text message can reach are refused by their kind. */
import type { Normalized } from "@chorus/core/channel";
import { bad, ok, type Problem } from "@chorus/core/problem";
import {
  type CountryCode,
  isSupportedCountry,
  type NumberType,
  parsePhoneNumberFromString,
} from "libphonenumber-js/max";

/** Country codes of satellite networks and of international networks beyond any country (ITU-T E.164 Annex). */
const beyondCountries = new Set(["870", "878", "881", "882", "883"]);
/** The North American plan does not tell mobiles from landlines: those are FIXED_LINE_OR_MOBILE. */
const canGetTexts: readonly NumberType[] = ["MOBILE", "FIXED_LINE_OR_MOBILE", "VOIP"];

const problem = (code: string, message: string): Normalized => bad({ path: "", code, message } satisfies Problem);

export function normalizeNumber(raw: string, hint: { country?: string | undefined } = {}): Normalized {
  const text = asciiDigits(raw).trim();
  const wrong = wrongForm(text);
  if (wrong) return wrong;
  const country = hint.country?.toUpperCase();
  const known = country && isSupportedCountry(country) ? country : undefined;
  if (!text.startsWith("+") && !known)
    return problem("phone.country_required", "Write the number with + and its country code, or declare the country.");
  return read(text, known);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these too are ASCII
const isAscii = /^[\u0000-\u007f]*$/;

/** Full-width, Arabic-Indic and all other digits of Unicode, as 0 to 9. */
const asciiDigits = (text: string): string =>
  isAscii.test(text) ? text : text.normalize("NFKC").replace(/\p{Nd}/gu, (digit) => String(digitValue(digit)));

/** Decimal digits stand in Unicode in runs of ten, from 0 to 9, each run on its own. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return code - zero;
}

function wrongForm(text: string): Normalized | null {
  if (/^(?:whatsapp|messenger|line|sip):/i.test(text))
    return problem("phone.channel", "This is an address of another channel. For text messages give the number alone.");
  if (/^\d+(?:[.,]\d+)?e\+?\d+$/i.test(text))
    return problem(
      "phone.scientific",
      "A spreadsheet has rounded this number. Format the column as text and export again.",
    );
  if (/(?:x|ext[.=]?|#|;)\s*\d+$/i.test(text))
    return problem("phone.extension", "A text message cannot reach an extension. Give a mobile number.");
  if (/[\p{L}]/u.test(text)) return problem("phone.form", "A number has digits only, such as +447400123456.");
  if (/^\+0/.test(text)) return problem("phone.form", "No country code begins with 0. Check the first digits.");
  if (/^\d{3,6}$/.test(text))
    return problem("phone.short_code", "A short code cannot be texted. Give a mobile number.");
  return null;
}

function read(text: string, country: CountryCode | undefined): Normalized {
  const number = parsePhoneNumberFromString(text, { extract: false, ...(country ? { defaultCountry: country } : {}) });
  if (!number) return problem("phone.form", "This is not a phone number. Write it like +447400123456.");
  if (number.ext) return problem("phone.extension", "A text message cannot reach an extension. Give a mobile number.");
  if (beyondCountries.has(number.countryCallingCode))
    return problem(
      "phone.satellite",
      "Satellite and international networks are not texted: the price is out of bounds.",
    );
  const type = number.getType();
  // What has a type is valid: asking both looks everything up twice.
  if (!type && !number.isValid())
    return problem("phone.invalid", "No such number can exist in its country. Check it digit by digit.");
  if (type && canGetTexts.includes(type)) return ok({ address: number.number });
  return type === "FIXED_LINE"
    ? problem("phone.landline", "This is a landline, and text messages do not reach it. Give a mobile number.")
    : problem(
        "phone.type",
        "Numbers of this kind (premium, toll-free and their like) are not texted. Give a mobile number.",
      );
}
