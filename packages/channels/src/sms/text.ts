/**
 * A text message as it leaves: who it is from, the words, and the way out, in as few parts as it can be. What is added
 * here is counted like the rest.
 */
import type { CompileFor, Filling, Limit, Preview, Render } from "@chorus/core/channel";
import { fieldText } from "@chorus/core/contact";
import { languageOf } from "@chorus/core/fact";
import { smsSize, toGsmPunctuation } from "@chorus/core/measure";
import type { MessageClass } from "@chorus/core/message";
import { withPicks } from "../picks.ts";
import { cutAtSlots, fill, type Piece, usualCase } from "../pieces.ts";
import type { SmsContent } from "./content.ts";
import { longestPicks, picksLine } from "./picks-line.ts";

export type SmsBody = { readonly to: string; readonly text: string };

/** The keyword of each line is one that an inbound message is searched for (core/event.ts). */
const optOutLines: Readonly<Record<string, string>> = {
  en: "Reply STOP to opt out",
  zh: "回复TD退订",
  de: "Abmelden: Antwort STOPP",
  fr: "Pour arrêter: répondez ARRET",
  es: "Para no recibir más: responda BAJA",
};
export const optOutLine = (locale: string): string => optOutLines[languageOf(locale)] ?? "Reply STOP to opt out";

/** 【】 is how a Chinese message is signed; elsewhere the name and a colon, unless the words name the brand already. */
function signature(text: string, brand: string, locale: string): string {
  if (languageOf(locale) === "zh") return text.includes(`【${brand}】`) ? "" : `【${brand}】`;
  return text.toLowerCase().includes(brand.toLowerCase()) ? "" : `${brand}: `;
}

type Frame = { readonly brand: string; readonly locale: string; readonly class: MessageClass };

/** What stands before and after the words. Nobody opts out of a receipt or a code. */
export function frame(words: string, of: Frame): { before: string; after: string } {
  const optOut = optOutLine(of.locale);
  const isComplete = of.class !== "marketing" || words.includes(optOut);
  return { before: signature(words, of.brand, of.locale), after: isComplete ? "" : `\n${optOut}` };
}

/**
 * The longest value of a contact's field in a text message, in UTF-16 units. A longer one is hardly a name; the slot's
 * default is shown instead, so that no single contact makes the message a part longer than was approved.
 */
export const contactRoom = 30;

/** Punctuation is changed to its GSM-7 form where that makes the message fewer parts. */
export function thrifty(text: string): { text: string; changed: boolean } {
  const simple = toGsmPunctuation(text);
  return smsSize(simple).parts < smsSize(text).parts ? { text: simple, changed: true } : { text, changed: false };
}

export function compileSms(content: SmsContent, within: CompileFor): Render<SmsBody> {
  const pieces = textPieces(content, within);
  return (filling) => ({ body: { to: filling.to.address, text: fill(pieces, shortened(filling)) } });
}

function textPieces(content: SmsContent, within: CompileFor): Piece[] {
  const { before, after } = frame(content.text, {
    brand: within.voice.brand,
    locale: within.locale,
    class: within.class,
  });
  const usual = thrifty(`${before}${usualCase(withPicks(content.text, longestPicks), within)}${after}`);
  const write = usual.changed ? toGsmPunctuation : (text: string) => text;
  const cut = (text: string) => cutAtSlots(text, within, { words: write, value: write, link: (url) => url });
  const isGsm = smsSize(usual.text).encoding === "gsm7";
  const words = picksLine(content.text, { cut, isGsm, locale: within.locale }) ?? cut(content.text);
  return [write(before), ...words, write(after)];
}

/** The same filling without values that are longer than the room for them. */
function shortened(filling: Filling): Filling {
  const { to } = filling;
  const fits = (field: string) => fieldText(to, field, "").length <= contactRoom;
  if (fits("first_name") && Object.keys(to.fields).every(fits)) return filling;
  const fields = Object.fromEntries(Object.entries(to.fields).filter(([field]) => fits(field)));
  return { ...filling, to: { ...to, firstName: fits("first_name") ? to.firstName : null, fields } };
}

/** The first letter outside GSM-7, which makes 70 of 160 letters a part; null when there is none. */
export function firstBeyondGsm(text: string): string | null {
  for (const letter of text) if (smsSize(letter).encoding === "ucs2") return letter;
  return null;
}

export function describeSize(text: string): string {
  const { encoding, units } = smsSize(text);
  const letter = firstBeyondGsm(text);
  return encoding === "gsm7" ? `GSM-7, ${units} characters` : `UCS-2 because of “${letter}”, ${units} characters`;
}

export const previewSms =
  (limits: readonly Limit[]) =>
  (content: SmsContent, within: CompileFor, filling: Filling): Preview => {
    const { body } = compileSms(content, within)(filling, { id: "msg_preview", at: new Date(0) });
    const { parts } = smsSize(body.text);
    return {
      text: body.text,
      measures: limits.map((limit) => ({
        field: limit.field,
        used: limit.counted === "sms_parts" ? parts : body.text.length,
        max: limit.max,
        counted: limit.counted,
        note: limit.counted === "sms_parts" ? describeSize(body.text) : undefined,
      })),
    };
  };
