/**
 * Makes contacts of the shop's customers. The data knows a number and a country of each; the name, how to reach them
 * and what they agreed to are made up, always the same for the same customer, and can reach nobody.
 */
import { createHash } from "node:crypto";
import { countryOf } from "@chorus/core/country";
import { firstNameFor } from "./names.ts";

export type Shopper = {
  readonly externalId: string;
  readonly firstName: string;
  readonly email: string | null;
  readonly phone: string | null;
  /** Empty: the country tells it. */
  readonly locale: string;
  readonly country: string;
  readonly consent: { readonly email: ConsentWord; readonly sms: ConsentWord };
  readonly profiling: boolean;
  /** Channels whose address must not be used, with the reason. */
  readonly suppressed: readonly {
    channel: "email" | "sms";
    reason: "complaint" | "manual" | "unsubscribed" | "stop";
  }[];
};
type ConsentWord = "granted" | "withdrawn" | "none";

/** How many of all shoppers; the shop is made up, the proportions are meant to be usual ones. */
export const shares = {
  chinese: 0.1,
  withoutEmail: 0.01,
  withoutPhone: 0.3,
  withoutCountry: 0.01,
  withoutConsent: { email: 0.18, sms: 0.45 },
  /** Of those without consent, who gave it once and took it back. */
  withdrawn: 0.25,
  suppressed: { email: 0.02, sms: 0.02 },
  profilingDeclined: 0.03,
} as const;

/** Domains that RFC 2606 keeps free for examples: no mail to them ever arrives anywhere. */
const exampleDomains = ["example.com", "example.org", "example.net"] as const;

/**
 * Numbers 555-0100 to 555-0199 of every North American area code are kept for fiction (NANPA, 555 line numbers), and
 * libphonenumber takes them for valid. These area codes give 4,700 of them.
 */
export const areaCodes = (
  "201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 " +
  "240 248 251 252 253 254 256 260 262 267 269 270 276 281 301 302 303 304 305 307 308 309 310"
).split(" ");

/** `place` is the customer's place in the whole list, from 0: it gives the phone number, so that nobody shares one. */
export function makeShopper(customer: { id: string; country: string }, place: number): Shopper {
  const roll = (of: string) => stableShare(`${of} ${customer.id}`);
  const isChinese = roll("chinese") < shares.chinese;
  const { name, plain } = firstNameFor({ country: customer.country, isChinese, pick: roll("name") });
  const email =
    roll("without email") < shares.withoutEmail
      ? null
      : `${plain}.${customer.id}@${pick(exampleDomains, roll("domain"))}`;
  const phone = roll("without phone") < shares.withoutPhone ? null : fictionalPhone(place);
  return {
    externalId: customer.id,
    firstName: name,
    email,
    phone,
    locale: isChinese ? "zh-CN" : "",
    country: roll("without country") < shares.withoutCountry || !countryOf(customer.country) ? "" : customer.country,
    consent: {
      email: consentOf("email", roll("email consent"), roll("email withdrawn")),
      sms: consentOf("sms", roll("sms consent"), roll("sms withdrawn")),
    },
    profiling: roll("profiling") >= shares.profilingDeclined,
    suppressed: [
      ...(email && roll("email suppressed") < shares.suppressed.email
        ? [{ channel: "email" as const, reason: pick(["unsubscribed", "complaint", "manual"] as const, roll("why")) }]
        : []),
      ...(phone && roll("sms suppressed") < shares.suppressed.sms
        ? [{ channel: "sms" as const, reason: pick(["stop", "manual"] as const, roll("why")) }]
        : []),
    ],
  };
}

function consentOf(channel: "email" | "sms", roll: number, withdrawnRoll: number): ConsentWord {
  if (roll >= shares.withoutConsent[channel]) return "granted";
  return withdrawnRoll < shares.withdrawn ? "withdrawn" : "none";
}

function fictionalPhone(place: number): string {
  const area = areaCodes[Math.floor(place / 100)];
  if (!area)
    throw new Error(`There are only ${areaCodes.length * 100} fictional phone numbers; place ${place} has none.`);
  return `+1${area}55501${String(place % 100).padStart(2, "0")}`;
}

/** In [0, 1), the same for the same text on every machine and in every run. */
export const stableShare = (text: string): number =>
  createHash("sha256").update(text).digest().readUInt32BE(0) / 2 ** 32;

function pick<T>(from: readonly [T, ...T[]], at: number): T {
  return from[Math.floor(at * from.length)] ?? from[0];
}
