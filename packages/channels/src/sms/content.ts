/** The words of a text message, and what is wrong with them, measured with everything that is added. */
import type { CheckWithin, Limit } from "@chorus/core/channel";
import { smsSize, toGsmPunctuation } from "@chorus/core/measure";
import type { Problem } from "@chorus/core/problem";
import { z } from "zod";
import { words } from "../content.ts";
import { picksProblems, withPicks } from "../picks.ts";
import { slotProblems, usualCase, worstCase } from "../pieces.ts";
import { longestPicks } from "./picks-line.ts";
import { contactRoom, describeSize, firstBeyondGsm, frame, thrifty } from "./text.ts";

export const smsContent = z.strictObject({
  text: words({
    max: 1000,
    role: "short_message",
    about: "the whole message in one or two sentences, with one {{link:id}}",
    lines: true,
  }),
});
export type SmsContent = z.infer<typeof smsContent>;

const partsLimit = {
  field: "text",
  max: 3,
  aim: 2,
  counted: "sms_parts",
  source: "our own measure: each part is paid for, and Twilio advises up to 320 characters",
  checkedOn: "2026-11-22",
} as const satisfies Limit;
const bodyLimit = {
  field: "text",
  max: 1600,
  counted: "utf16",
  source: "Twilio error 21617",
  checkedOn: "2026-11-22",
} as const satisfies Limit;
export const smsLimits: readonly Limit[] = [partsLimit, bodyLimit];

/** Carriers filter public shorteners as spam (Twilio 30007); our own links are short already. */
const shorteners =
  /\b(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|ow\.ly|is\.gd|buff\.ly|rebrand\.ly|cutt\.ly|t\.cn|dwz\.cn)\b/i;

/** Stands for the brand where it is not known yet. */
const someBrand = "B".repeat(20);

export function checkSms(content: SmsContent, within: CheckWithin): Problem[] {
  const { before, after } = frame(content.text, {
    brand: within.brand ?? someBrand,
    locale: within.locale,
    class: within.single?.class ?? "marketing",
  });
  const whole = (words: string) => thrifty(`${before}${words}${after}`).text;
  const measured = withPicks(content.text, longestPicks);
  const usual = usualCase(measured, within);
  return [
    ...slotProblems(content.text, "text", { facts: within.facts, links: true }),
    ...picksProblems([{ path: "text", text: content.text, picks: true }], within),
    ...lengthProblems(whole(worstCase(measured, within, contactRoom)), whole(usual)),
    ...encodingProblems(usual),
    ...shortenerProblems(content.text),
  ];
}

function lengthProblems(longest: string, usual: string): Problem[] {
  if (longest.length > bodyLimit.max) {
    const message = `At its longest ${longest.length} characters; ${bodyLimit.max} are allowed. Shorten it.`;
    return [{ path: "text", code: "sms.too_long", message }];
  }
  const most = smsSize(longest);
  const fromName = most.encoding === "ucs2" && smsSize(usual).encoding === "gsm7";
  if (most.parts > partsLimit.max) {
    const why = fromName ? "UCS-2, as soon as a name needs it" : describeSize(longest);
    const message = `At its longest, with sender and opt-out, this takes ${most.parts} parts (${why}); ${partsLimit.max} are allowed. Shorten it.`;
    return [{ path: "text", code: "sms.parts", message }];
  }
  const { parts } = smsSize(usual);
  if (parts <= partsLimit.aim) return [];
  const message = `With sender and opt-out this takes ${parts} parts (${describeSize(usual)}), and each is paid for.`;
  return [{ path: "text", code: "sms.parts", message, severity: "warning" }];
}

/** A few letters that turn a GSM-7 text into UCS-2 are hardly meant; a Chinese text is. */
function encodingProblems(text: string): Problem[] {
  const beyond = [...toGsmPunctuation(text)].filter((letter) => firstBeyondGsm(letter) !== null);
  if (beyond.length === 0 || beyond.length > 3) return [];
  const message = `“${beyond[0]}” leaves 70 instead of 160 characters a part. Without ${beyond.map((each) => `“${each}”`).join(", ")} the message is cheaper.`;
  return [{ path: "text", code: "sms.encoding", message, severity: "warning" }];
}

const shortenerProblems = (text: string): Problem[] =>
  shorteners.test(text)
    ? [
        {
          path: "text",
          code: "sms.url_shortener",
          message: "Carriers filter public link shorteners. Put {{link:id}} there instead.",
        },
      ]
    : [];
