/** The phones out there: they answer, and a phone that said STOP to a number gets nothing more from it until START. */
import { smsSize } from "@chorus/core/measure";
import type { TextMessages } from "./twilio-messages.ts";
import type { Webhooks } from "./twilio-webhook.ts";
import { record, type World } from "./world.ts";

/** Twilio's default keywords (support.twilio.com, "Twilio support for opt-out keywords"); the whole text, any case. */
const optOutWords = new Set(["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]);
const optInWords = new Set(["START", "YES", "UNSTOP"]);

export type Handsets = {
  hasOptedOut(handset: string, sender: string): boolean;
  /** A text from a handset to one of our numbers: kept, and posted signed to the number's inbound URL. */
  say(of: { handset: string; sender: string; text: string; answers?: string | null }): void;
  /** Where inbound texts go: the console's setting, for one number or for all. null unsets it. */
  setInboundUrl(url: string | null, number?: string): void;
};

type Needs = { world: World; messages: TextMessages; webhooks: Webhooks };

export function openHandsets({ world, messages, webhooks }: Needs): Handsets {
  const optedOut = new Set<string>();
  const inboundUrls = new Map<string, string>();
  const everyNumber = "*";
  return {
    hasOptedOut: (handset, sender) => optedOut.has(`${handset} ${sender}`),
    setInboundUrl(url, number = everyNumber) {
      if (url === null) inboundUrls.delete(number);
      else inboundUrls.set(number, url);
    },
    say({ handset, sender, text, answers = null }) {
      const word = text.trim().toUpperCase();
      if (optOutWords.has(word)) optedOut.add(`${handset} ${sender}`);
      if (optInWords.has(word)) optedOut.delete(`${handset} ${sender}`);
      const { twilioAccountSid } = world.accounts;
      const message = messages.add({
        accountSid: twilioAccountSid,
        direction: "inbound",
        to: sender,
        from: handset,
        messagingServiceSid: null,
        body: text,
        statusCallback: null,
        status: "received",
      });
      const url = inboundUrls.get(sender) ?? inboundUrls.get(everyNumber);
      const arrival = record(
        world,
        {
          provider: "twilio",
          channel: "sms",
          event: "inbound",
          messageId: answers,
          to: handset,
          providerMessageId: message.sid,
          code: url ? undefined : "no inbound URL set",
        },
        { from: sender, title: text, body: { is: "text", text }, direction: "from_person" },
      );
      if (!url) return;
      const form = inboundForm({ sid: message.sid, accountSid: twilioAccountSid, handset, sender, text });
      const done = (answer: string) =>
        world.inbox.note(arrival.number, {
          at: new Date().toISOString(),
          event: "callback",
          detail: `inbound ${answer}`,
        });
      webhooks.post({ url, form, done });
    },
  };
}

type InboundText = { sid: string; accountSid: string; handset: string; sender: string; text: string };

const inboundForm = ({ sid, accountSid, handset, sender, text }: InboundText) => ({
  MessageSid: sid,
  SmsSid: sid,
  SmsMessageSid: sid,
  AccountSid: accountSid,
  From: handset,
  To: sender,
  Body: text,
  NumMedia: "0",
  NumSegments: String(smsSize(text).parts),
  SmsStatus: "received",
  ApiVersion: "2010-04-01",
});
