/** Text messages: short, to one number, by day, with the way out in every one. */
import { defineChannel } from "../define-channel.ts";
import { checkSms, smsContent, smsLimits } from "./content.ts";
import { normalizeNumber } from "./number.ts";
import { compileSms, previewSms } from "./text.ts";
import { twilioProvider } from "./twilio.ts";

export const sms = defineChannel({
  id: "sms",
  label: "SMS",
  traits: {
    reach: "one_contact",
    limits: smsLimits,
    markup: "plain",
    permission: { needsConsent: true, hours: { from: 9, to: 20 }, cap: { count: 4, days: 30 } },
    optOuts: ["reply"],
  },
  content: smsContent,
  writingNotes:
    "One message of at most two sentences: what it is, and one {{link:id}}. Plain words, no markup, no emoji, straight quotes and hyphens: any other sign makes each part 70 instead of 160 characters. Aim at 100 characters, in Chinese at 45. The sender's name and the opt-out words are added and counted: do not write them.",
  providers: [twilioProvider],
  normalizeAddress: normalizeNumber,
  check: checkSms,
  compile: compileSms,
  preview: previewSms(smsLimits),
});
