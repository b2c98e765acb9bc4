/** What Twilio calls us about: the fate of a message, and what a person wrote back. Believed only with its signature. */
import type { RawRequest } from "@chorus/core/channel";
import { type Delivery, type ProviderEvent, readKeyword } from "@chorus/core/event";
import { normalizeNumber } from "./number.ts";
import { meaningOf } from "./twilio-codes.ts";

type Account = { readonly accountSid: string; readonly authToken: string };
type Form = Readonly<Record<string, string>>;

const deliveries: Readonly<Record<string, Delivery>> = {
  accepted: "queued",
  scheduled: "queued",
  queued: "queued",
  sending: "queued",
  sent: "sent",
  delivered: "delivered",
  undelivered: "undelivered",
  failed: "undelivered",
  canceled: "undelivered",
  read: "read",
};
const textRoom = 1600;

/** null: not Twilio's, or another account's. An empty list: true, and of no interest. */
export async function readCallback(request: RawRequest, account: Account): Promise<ProviderEvent[] | null> {
  const form = Object.fromEntries(new URLSearchParams(request.body));
  const signature = request.headers["x-twilio-signature"];
  if (!signature || !URL.canParse(request.url)) return null;
  const { default: twilio } = await import("twilio"); // not at the top: see twilio-client.ts
  if (!twilio.validateRequest(account.authToken, signature, request.url, form)) return null;
  if (form.AccountSid !== account.accountSid) return null;
  const sid = form.MessageSid ?? form.SmsSid;
  if (!sid) return [];
  const status = form.MessageStatus;
  if (status) return deliveryEvents({ status, sid, form, url: request.url });
  return form.From === undefined ? [] : [inboundEvent(sid, form.From, form)];
}

type Status = { status: string; sid: string; form: Form; url: string };

function deliveryEvents({ status, sid, form, url }: Status): ProviderEvent[] {
  const delivery = deliveries[status];
  if (!delivery) return [];
  const { searchParams: named } = new URL(url);
  const ours = named.get("m") ?? "";
  const attempt = Number(named.get("a"));
  const code = Number(form.ErrorCode);
  return [
    {
      is: "delivery",
      key: `${sid}:${status}`,
      messageId: /^msg_[0-9a-z]{26}$/.test(ours) ? ours : undefined,
      providerMessageId: sid,
      delivery,
      attempt: Number.isInteger(attempt) && attempt > 0 ? attempt : undefined,
      means: delivery === "undelivered" ? meaningOf(code, new Date()) : undefined,
      detail: form.ErrorCode ? `Twilio error ${form.ErrorCode}` : undefined,
    },
  ];
}

function inboundEvent(sid: string, from: string, form: Form): ProviderEvent {
  const normal = normalizeNumber(from);
  const address = normal.is === "ok" ? normal.value.address : from;
  const text = (form.Body ?? "").slice(0, textRoom);
  const said = { key: `${sid}:inbound`, address, text };
  const word = form.OptOutType?.toLowerCase() ?? readKeyword(text); // Twilio has read it already where it opts out itself
  if (word === "stop") return { is: "opted_out", ...said };
  return word === "start" ? { is: "opted_in", ...said } : { is: "replied", ...said };
}
