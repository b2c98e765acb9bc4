/** What the tests of this package send, to whom, and in whose name. */
import { brandVoice } from "@chorus/core/brand-voice";
import type { CompileFor, Filling, HandOver } from "@chorus/core/channel";
import type { Recipient } from "@chorus/core/contact";
import type { FactSheet } from "@chorus/core/fact";

export const facts: FactSheet = {
  facts: [
    { id: "price", kind: "money", value: { micros: 12_500_000, currency: "GBP" }, source: "price list" },
    { id: "discount", kind: "percent", value: 20, source: "price list" },
    { id: "city", kind: "text", value: "Leeds", byLocale: { zh: "利兹" }, source: "shop" },
  ],
  links: [
    { id: "shop", url: "https://shop.example.com/?a=1&b=2", label: { en: "our shop", zh: "商店" } },
    { id: "help", url: "https://shop.example.com/help" },
  ],
};

/** 26 letters as sealed ids have, all different. */
export const messageId = (number: number): string => `msg_${String(number).padStart(26, "0")}`;

export const compileFor = (more: Partial<CompileFor> = {}): CompileFor => ({
  facts,
  locale: "en-GB",
  voice: brandVoice.parse({ brand: "Hearth & Home", tone: "warm" }),
  sender: {
    name: "Hearth & Home",
    email: "news@shop.example.com",
    postalAddress: "1 High Street, Leeds LS1 1AA, UK",
  },
  class: "marketing",
  campaign: { id: "cmp_0000000000000000000000000a", workspaceId: "wsp_0000000000000000000000000b" },
  ...more,
});

export const recipient = (more: Partial<Recipient> = {}): Recipient => ({
  address: "ann@example.com",
  locale: "en-GB",
  firstName: "Ann",
  fields: {},
  ...more,
});

export const filling = (to: Recipient = recipient(), id: string = messageId(1)): Filling => ({
  to,
  links: {
    unsubscribe: `https://links.example.com/u/${id}`,
    link: (number) => `https://links.example.com/c/${id}?n=${number}&x=1`,
  },
});

export const emailWords = {
  subject: "{{contact:first_name|Hello}}, tea towels are {{fact:discount}} off",
  preheader: "From {{fact:price}}, until Sunday",
  headline: "Dry dishes, {{contact:first_name|friend}}",
  paragraphs: [
    "Our linen towels cost {{fact:price}} this week. See {{link:help}} for sizes.",
    "Made in {{fact:city}}.",
  ],
  button: { label: "See the towels", link: "shop" },
};

/** A hand-over that nothing stops. */
export const handOver = (more: Partial<HandOver> = {}): HandOver => ({
  messageId: messageId(1),
  attempt: 1,
  mayStillSend: () => true,
  signal: new AbortController().signal,
  ...more,
});
