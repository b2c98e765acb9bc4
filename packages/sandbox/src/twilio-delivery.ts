/** What happens to a text after Twilio took it: sent, then delivered or not, each reported to the status callback. */
import type { Carried } from "./message-id.ts";
import type { TextMessage, TextStatus } from "./twilio-messages.ts";
import type { Webhooks } from "./twilio-webhook.ts";
import type { World } from "./world.ts";

/** Milliseconds after the acceptance. */
export type DeliveryPace = { readonly sentMs: number; readonly deliveredMs: number };
export const defaultPace: DeliveryPace = { sentMs: 50, deliveredMs: 250 };

export type Delivering = {
  readonly message: TextMessage;
  readonly carried: Carried;
  /** The inbox's number of the message. */
  readonly arrival: number;
  /** A carrier's code when it shall not be delivered. */
  readonly errorCode: number | null;
  readonly fault?: string | undefined;
};

export function deliver(of: Delivering, by: { world: World; webhooks: Webhooks; pace: DeliveryPace }): void {
  const { timers } = by.world;
  timers.after(by.pace.sentMs, () => {
    of.message.sentAt = new Date();
    report({ ...of, status: "sent" }, by);
  });
  timers.after(by.pace.deliveredMs, () => {
    of.message.errorCode = of.errorCode;
    report({ ...of, status: of.errorCode === null ? "delivered" : "undelivered" }, by);
  });
}

/** The initial "queued" is in the API's answer and is not called back (twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks). */
function report(of: Delivering & { status: TextStatus }, by: { world: World; webhooks: Webhooks }): void {
  const { message, status, carried, fault } = of;
  const { wire, inbox } = by.world;
  message.status = status;
  message.updatedAt = new Date();
  const code = message.errorCode === null ? status : `${status} ${message.errorCode}`;
  const enter = (answer: string) => {
    const { at } = wire.append({
      provider: "twilio",
      channel: "sms",
      event: "callback",
      messageId: carried.messageId,
      attempt: carried.attempt,
      to: message.to,
      providerMessageId: message.sid,
      code: `${code} → ${answer}`,
      fault,
    });
    inbox.note(of.arrival, { at, event: "callback", detail: `${code} → ${answer}` });
  };
  if (message.statusCallback) by.webhooks.post({ url: message.statusCallback, form: statusForm(message), done: enter });
  else inbox.note(of.arrival, { at: new Date().toISOString(), event: "callback", detail: `${code}, nobody to tell` });
}

function statusForm(message: TextMessage): Record<string, string> {
  const form: Record<string, string> = {
    AccountSid: message.accountSid,
    ApiVersion: "2010-04-01",
    From: message.from ?? "",
    MessageSid: message.sid,
    MessageStatus: message.status,
    SmsSid: message.sid,
    SmsStatus: message.status,
    To: message.to,
  };
  if (message.messagingServiceSid) form.MessagingServiceSid = message.messagingServiceSid;
  if (message.errorCode !== null) form.ErrorCode = String(message.errorCode);
  if (message.status === "delivered" || message.status === "undelivered") form.RawDlrDoneDate = minuteStamp(new Date());
  return form;
}

/** YYMMDDhhmm, as carriers put it in delivery receipts. */
const minuteStamp = (at: Date): string => at.toISOString().replace(/\D/g, "").slice(2, 12);
