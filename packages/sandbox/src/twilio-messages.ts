/** Twilio's message resources, as its 2010-04-01 API gives them out: created, listed newest first, fetched. */
import { randomBytes } from "node:crypto";
import { smsSize } from "@chorus/core/measure";
import { carrierErrors } from "./twilio-errors.ts";

export type TextStatus = "queued" | "sent" | "delivered" | "undelivered" | "received";

export type TextMessage = {
  readonly sid: string;
  readonly accountSid: string;
  readonly direction: "outbound-api" | "inbound";
  readonly to: string;
  readonly from: string | null;
  readonly messagingServiceSid: string | null;
  readonly body: string;
  readonly statusCallback: string | null;
  readonly createdAt: Date;
  status: TextStatus;
  sentAt: Date | null;
  updatedAt: Date;
  errorCode: number | null;
};

export type TextFilter = {
  readonly to?: string | undefined;
  readonly from?: string | undefined;
  readonly sentFrom?: Date | undefined;
  readonly sentBefore?: Date | undefined;
};

/** The running process's newest 100,000; older ones are forgotten and answer 404. */
export type TextMessages = {
  add(of: Omit<TextMessage, "sid" | "createdAt" | "updatedAt" | "sentAt" | "errorCode">): TextMessage;
  get(sid: string): TextMessage | null;
  /** Newest first. */
  find(filter: TextFilter): TextMessage[];
};

const kept = 100_000;

export function openTextMessages(): TextMessages {
  const bySid = new Map<string, TextMessage>();
  const byTo = new Map<string, TextMessage[]>();
  const forgetOldest = () => {
    const oldest = bySid.values().next().value;
    if (bySid.size <= kept || !oldest) return;
    bySid.delete(oldest.sid);
    const others = byTo.get(oldest.to);
    others?.shift(); // the oldest of all is also the oldest to its number
    if (others?.length === 0) byTo.delete(oldest.to);
  };
  return {
    add(of) {
      const now = new Date();
      const sid = `SM${randomBytes(16).toString("hex")}`;
      const sentAt = of.direction === "inbound" ? now : null;
      const message: TextMessage = { ...of, sid, createdAt: now, updatedAt: now, sentAt, errorCode: null };
      bySid.set(sid, message);
      const toSame = byTo.get(of.to) ?? [];
      toSame.push(message);
      byTo.set(of.to, toSame);
      forgetOldest();
      return message;
    },
    get: (sid) => bySid.get(sid) ?? null,
    find: (filter) => {
      const among = filter.to === undefined ? [...bySid.values()] : (byTo.get(filter.to) ?? []);
      return among.filter((each) => fits(each, filter)).reverse();
    },
  };
}

/** The day or instant a message counts under is when it was sent, or while it waits, when it was made. */
function fits(message: TextMessage, filter: TextFilter): boolean {
  const at = message.sentAt ?? message.createdAt;
  if (filter.from !== undefined && message.from !== filter.from) return false;
  if (filter.sentFrom && at < filter.sentFrom) return false;
  return !(filter.sentBefore && at > filter.sentBefore);
}

/** Mean price a part in the United States, for something to show; real prices come with the account. */
const pricePerPart = 0.0079;

export const partsOf = (message: Pick<TextMessage, "body">): number => smsSize(message.body).parts;

/** The JSON of a message resource (schema `api.v2010.account.message` of twilio/twilio-oai). */
export function messageResource(of: TextMessage) {
  const uri = `/2010-04-01/Accounts/${of.accountSid}/Messages/${of.sid}`;
  const priced = of.status === "sent" || of.status === "delivered";
  return {
    account_sid: of.accountSid,
    api_version: "2010-04-01",
    body: of.body,
    date_created: rfc2822(of.createdAt),
    date_sent: of.sentAt ? rfc2822(of.sentAt) : null,
    date_updated: rfc2822(of.updatedAt),
    direction: of.direction,
    error_code: of.errorCode,
    error_message: of.errorCode === null ? null : (carrierErrors[of.errorCode] ?? "Unknown error"),
    from: of.from,
    messaging_service_sid: of.messagingServiceSid,
    num_media: "0",
    num_segments: of.messagingServiceSid && of.status === "queued" ? "0" : String(partsOf(of)),
    price: priced ? (-pricePerPart * partsOf(of)).toFixed(5) : null,
    price_unit: priced ? "USD" : null,
    sid: of.sid,
    status: of.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: of.to,
    uri: `${uri}.json`,
  };
}

const rfc2822 = (at: Date): string => at.toUTCString().replace("GMT", "+0000");
