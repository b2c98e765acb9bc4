/** What a Twilio account is made of. */
import { z } from "zod";
import { numberSetting, rateSetting } from "../define-provider.ts";
import { isSafeBase, unsafeBase } from "../safe-base.ts";

export const twilioSettings = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .refine(isSafeBase, unsafeBase)
    .default("https://api.twilio.com")
    .describe("another server that speaks Twilio's API"),
  accountSid: z
    .string()
    .regex(/^AC[0-9a-fA-F]{32}$/, "AC and 32 hexadecimal digits, from the Twilio console")
    .describe("the account's SID"),
  authToken: z
    .string()
    .min(1)
    .describe("the account's auth token: signs in, and proves that callbacks are Twilio's")
    .meta({ secret: true }),
  from: z
    .string()
    .regex(
      /^(?:\+[1-9]\d{7,14}|\d{3,8}|MG[0-9a-fA-F]{32}|(?=.*[A-Za-z])[A-Za-z0-9 &_+-]{1,11})$/,
      "a number such as +14155550100, a short code, a sender name of up to 11 letters, or a messaging service (MG…)",
    )
    .describe("who texts: a number, a short code, a sender name, or a messaging service's SID"),
  validitySeconds: numberSetting({ min: 1, max: 36_000, usual: 14_400 }).describe(
    "how long Twilio may try; after that a late message dies there",
  ),
  perSecond: rateSetting.describe("messages a second at most, over all workers and senders of the account"),
  senderPerSecond: rateSetting.describe(
    "the same of this sender alone: what its number or registration was given, as 1 for a US long code without A2P 10DLC",
  ),
  concurrency: numberSetting({ min: 1, max: 200, usual: 20 }).describe("requests under way at once"),
  connectTimeoutMs: numberSetting({ min: 10, max: 120_000, usual: 10_000 }).describe("to reach Twilio"),
  answerTimeoutMs: numberSetting({ min: 10, max: 300_000, usual: 30_000 }).describe(
    "for its answer; silence after that is a doubt that is looked up",
  ),
});
export type TwilioSettings = z.output<typeof twilioSettings>;
