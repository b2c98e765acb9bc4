/** What the contract suite sends on each channel, and how it reads what came of it. */
import type { RawRequest } from "@chorus/core/channel";
import { readKeyword } from "@chorus/core/event";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { headersNamed, readMail } from "./read-mail.ts";
import { emailWords } from "./samples.ts";
import { accounts, type Sandbox } from "./sandbox-process.ts";

/** What the suite needs to know about one channel. A new channel adds its entry. */
export type Sample = {
  content: Record<string, unknown>;
  provider: string;
  settings(sandbox: Sandbox): Record<string, string>;
  /** Makes the carrier wait only briefly for an answer. */
  impatient: Record<string, string>;
  /** The nth address, good for this channel. */
  address(number: number): string;
  /** A fault of the provider's, or an address that is none of ours. */
  badAddress: { fault: object; outcome: object } | { address: string; outcome: object };
  /** Posts are looked up by a key of their own, whenever they were sent. */
  askedByKey?: true;
  secrets: readonly string[];
  /** How a reader gets out; null where nobody was written to. */
  wayOut: ((body: unknown, id: string) => boolean) | null;
  callback?: (id: string, carrierUrl: string) => RawRequest;
};

export const callbackUrl = "https://chorus.example.com/webhooks/car_0000000000000000000000000c";

const postWords = { text: "Linen towels are {{fact:discount}} off until Sunday, see {{link:shop}}. #Towels" };
const notOurs = (address: string) => ({
  address,
  outcome: { is: "refused", reason: "destination", about: "address" },
});

export const samples: Record<string, Sample> = {
  email: {
    content: emailWords,
    provider: "smtp",
    settings: (sandbox) => ({ url: sandbox.smtpUrl.replace("//", "//postman:smtp-password@") }),
    impatient: { dotTimeoutMs: "300" },
    address: (number) => `ann${number}@example.com`,
    badAddress: {
      fault: { is: "hard_bounce" },
      outcome: { is: "refused", reason: "no_such_address", about: "address" },
    },
    secrets: ["smtp-password", "postman"],
    wayOut: (body, id) => {
      const mail = readMail(Buffer.from((body as { mime: string }).mime));
      const url = `https://links.example.com/u/${id}`;
      return (
        headersNamed(mail, "List-Unsubscribe")[0] === `<${url}>` && mail.parts.every(({ text }) => text.includes(url))
      );
    },
  },
  sms: {
    content: { text: "Hi {{contact:first_name|there}}, towels are {{fact:discount}} off: {{link:shop}}" },
    provider: "twilio",
    settings: (sandbox) => ({
      baseUrl: `${sandbox.httpUrl}/twilio`,
      accountSid: accounts.twilioSid,
      authToken: accounts.twilioToken,
      from: "+14155550100",
    }),
    impatient: { answerTimeoutMs: "300" },
    address: (number) => `+1${212 + Math.floor(number / 100)}55501${String(number % 100).padStart(2, "0")}`,
    badAddress: {
      fault: { is: "invalid_number" },
      outcome: { is: "refused", reason: "no_such_address", about: "address" },
    },
    secrets: [accounts.twilioToken],
    wayOut: (body) => {
      const keyword = /Reply (\w+) to opt out$/.exec((body as { text: string }).text)?.[1];
      return keyword !== undefined && readKeyword(keyword) === "stop";
    },
    callback: (id) => {
      const url = `${callbackUrl}?m=${id}&a=1`;
      const form = { AccountSid: accounts.twilioSid, MessageSid: `SM${"1".repeat(32)}`, MessageStatus: "delivered" };
      return {
        method: "POST",
        url,
        headers: { "x-twilio-signature": getExpectedTwilioSignature(accounts.twilioToken, url, form) },
        body: new URLSearchParams(form).toString(),
      };
    },
  },
  slack: {
    content: {
      headline: "Towels are {{fact:discount}} off",
      text: "Linen towels for {{fact:price}}, see {{link:shop}}.",
      button: { label: "See the towels", link: "shop" },
    },
    provider: "slack",
    settings: (sandbox) => ({ baseUrl: `${sandbox.httpUrl}/slack/api/`, token: accounts.slackToken }),
    impatient: { answerTimeoutMs: "300" },
    address: () => accounts.slackChannel,
    badAddress: { fault: { is: "hard_bounce" }, outcome: { is: "refused", reason: "destination", about: "address" } },
    secrets: [accounts.slackToken],
    wayOut: null,
  },
  bluesky: {
    content: postWords,
    provider: "bluesky",
    settings: (sandbox) => ({
      baseUrl: `${sandbox.httpUrl}/bluesky`,
      handle: accounts.blueskyHandle,
      appPassword: accounts.blueskyPassword,
    }),
    impatient: { answerTimeoutMs: "300" },
    address: () => accounts.blueskyHandle,
    badAddress: notOurs("somebody-else.test"),
    askedByKey: true,
    secrets: [accounts.blueskyPassword],
    wayOut: null,
  },
  mastodon: {
    content: postWords,
    provider: "mastodon",
    settings: (sandbox) => ({ baseUrl: `${sandbox.httpUrl}/mastodon`, token: accounts.mastodonToken }),
    impatient: { answerTimeoutMs: "300" },
    address: () => accounts.mastodonAccount,
    badAddress: notOurs("@somebody@elsewhere.test"),
    secrets: [accounts.mastodonToken],
    wayOut: null,
  },
};
