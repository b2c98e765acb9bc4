/**
 * Text messages through Twilio: an account SID, its auth token and a sender from console.twilio.com. Twilio has no key
 * against sending twice, but it can be asked what it took, and its signed callbacks name our message.
 */
import type { Carrier, HandOver, SendOutcome } from "@chorus/core/channel";
import { defineProvider } from "../define-provider.ts";
import { type Http, openHttp } from "../http-exchange.ts";
import type { SmsBody } from "./text.ts";
import { readCallback } from "./twilio-callback.ts";
import { connectTwilio } from "./twilio-client.ts";
import { twilioOutcome } from "./twilio-outcome.ts";
import { type TwilioSettings, twilioSettings } from "./twilio-settings.ts";
import { testTwilio } from "./twilio-test.ts";

export const twilioProvider = defineProvider({
  id: "twilio",
  label: "Twilio",
  setup:
    "Account SID, auth token and a sender from console.twilio.com. Point the sender's incoming-message webhook at this account's callback address, so that STOP is heard.",
  settings: twilioSettings,
  identify: ({ baseUrl, accountSid }) => ({ host: new URL(baseUrl).hostname, name: accountSid }),
  openCarrier: ({ settings, callbackUrl }) => {
    const { concurrency: connections, connectTimeoutMs, answerTimeoutMs } = settings;
    const http = openHttp({ connections, connectTimeoutMs, answerTimeoutMs });
    const by = { settings, callbackUrl, http };
    return {
      resend: "can_ask",
      concurrency: settings.concurrency,
      ...limitedTo(settings),
      send: (body: SmsBody, how: HandOver) => send(body, how, by),
      lookUp: (body: SmsBody, of) => lookUp(body, of, by),
      test: (signal) => testTwilio(settings, http, signal),
      receive: (request) => readCallback(request, settings),
      close: async () => http.close(),
    };
  },
});

function limitedTo({ perSecond, senderPerSecond, from }: TwilioSettings): Pick<Carrier, "rates"> {
  const rates = [
    ...(senderPerSecond ? [{ of: `sender ${from}`, perSecond: senderPerSecond }] : []),
    ...(perSecond ? [{ of: "account", perSecond }] : []),
  ];
  return rates.length > 0 ? { rates: () => rates } : {};
}

type By = { readonly settings: TwilioSettings; readonly callbackUrl: string; readonly http: Http };

async function send(body: SmsBody, how: HandOver, { settings, callbackUrl, http }: By): Promise<SendOutcome> {
  const { client, exchange } = await connectTwilio(settings, http, how);
  const { from, validitySeconds } = settings;
  await client.messages
    .create({
      to: body.to,
      body: body.text,
      validityPeriod: validitySeconds,
      ...(from.startsWith("MG") ? { messagingServiceSid: from } : { from }),
      ...(callbackUrl ? { statusCallback: `${callbackUrl}?m=${how.messageId}&a=${how.attempt}` } : {}),
    })
    .catch(() => null); // the exchange says more than the SDK's error, and without the number in it
  const answer = exchange();
  if (!answer) throw new Error("The Twilio SDK made no request for a message.");
  return twilioOutcome(answer);
}

type LookUp = NonNullable<Carrier<SmsBody>["lookUp"]>;
type Found = Awaited<ReturnType<LookUp>>;

/** Our clock against Twilio's, whose times are whole seconds; and how far off a clock may be before we trust neither. */
const clockRoomMs = 5000;
const doubtRoomMs = 600_000;
const listed = 50;

/**
 * By number, then exact words and moment. Twilio's DateSent filter is left out on purpose: a message that still waits
 * has none, and would look as if it had never been taken. A person gets few messages, so the newest 50 are enough.
 */
async function lookUp(body: SmsBody, of: Parameters<LookUp>[1], { settings, http }: By): Promise<Found> {
  const always = { mayStillSend: () => true, signal: new AbortController().signal };
  const { client } = await connectTwilio(settings, http, always);
  const from = of.sentAround.getTime();
  const to = from + settings.connectTimeoutMs + settings.answerTimeoutMs;
  try {
    const messages = await client.messages.list({ to: body.to, limit: listed, pageSize: listed });
    const same = messages.filter((each) => each.direction.startsWith("outbound") && each.body === body.text);
    const within = (room: number) =>
      same.filter(({ dateCreated: at }) => at.getTime() >= from - room && at.getTime() <= to + room);
    const [only, another] = within(clockRoomMs);
    if (only) return another ? { is: "cannot_tell" } : { is: "accepted", providerMessageId: only.sid };
    const certain = messages.length < listed && within(doubtRoomMs).length === 0;
    return { is: certain ? "not_accepted" : "cannot_tell" };
  } catch {
    return { is: "cannot_tell" };
  }
}
