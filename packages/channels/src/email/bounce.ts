/**
 * What a mail that came back means for the message it is about: a bounce (RFC 3464), a complaint (RFC 5965), or nothing
 * yet. Anybody on the internet can write such a mail, so it is only believed about a message whose return path or id it
 * knows, and no address in it counts: the ledger knows whom the message went to.
 */
import { createHash } from "node:crypto";
import type { ProviderEvent } from "@chorus/core/event";
import { type Fields, type ReportMail, readReportMail } from "./report-mail.ts";
import type { ReturnPath } from "./return-path.ts";
import { meaningOf } from "./smtp-outcome.ts";

/** Feedback that is no complaint: the reader took it back, or a server writes about signatures (RFC 6591). */
const noComplaint = new Set(["not-spam", "auth-failure", "dmarc"]);
/** Of a mail nobody could match, this much is kept for a person to read. */
const keptLetters = 16_000;

/** An empty list: genuine and of no interest, as an out-of-office or a report that delivery is only late. */
export async function readBounce(raw: string, returnPath: ReturnPath): Promise<ProviderEvent[]> {
  const mail = await readReportMail(raw);
  switch (mail.is) {
    case "no_report":
      return [];
    case "unreadable":
      return [unmatched(raw, "A report that cannot be read.")];
    case "feedback":
      return complaint(mail, { raw, returnPath });
    case "delivery":
      return bounces(mail, { raw, returnPath });
  }
}

type From = { readonly raw: string; readonly returnPath: ReturnPath };

function bounces(mail: ReportMail, from: From): ProviderEvent[] {
  const statuses = new Set(mail.recipients.filter(hasFailed).map(statusOf));
  if (statuses.size === 0) return [];
  const messageId = messageOf(mail, from.returnPath);
  const named = [...statuses].join(", ");
  if (!messageId) return [unmatched(from.raw, `A bounce with status ${named} that names no message.`)];
  return [...statuses].map((status) => ({
    is: "delivery",
    key: `bounce:${messageId}:${status}`,
    messageId,
    delivery: "bounced",
    means: meaningOf(status),
    detail: `Bounced with status ${status}`,
  }));
}

function complaint(mail: ReportMail, from: From): ProviderEvent[] {
  const kind = /^[a-z-]{1,30}/.exec(mail.message.get("feedback-type")?.toLowerCase() ?? "")?.[0] ?? "other";
  if (noComplaint.has(kind)) return [];
  const messageId = messageOf(mail, from.returnPath);
  if (!messageId) return [unmatched(from.raw, `A complaint (${kind}) that names no message.`)];
  return [{ is: "complained", key: `complaint:${messageId}`, messageId, detail: `Feedback of type ${kind}` }];
}

/** "delayed" is still being tried, "delivered", "relayed" and "expanded" are no failure (RFC 3464 §2.3.3). */
function hasFailed(recipient: Fields): boolean {
  const action = /^[a-z]+/.exec(recipient.get("action")?.toLowerCase() ?? "")?.[0];
  return action === undefined ? statusOf(recipient).startsWith("5.") : action === "failed";
}

/** Some servers write 5.0.0 and leave the true status to what the other side had answered. */
function statusOf(recipient: Fields): string {
  const own = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(recipient.get("status") ?? "")?.[0] ?? "5.0.0";
  if (!own.endsWith(".0.0")) return own;
  return /\b\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(recipient.get("diagnostic-code") ?? "")?.[1] ?? own;
}

/** Where a server writes the address that a report was sent to. */
const arrivedAt = ["x-original-to", "delivered-to", "envelope-to", "to"];

/** The return path proves itself; an envelope id or Message-ID is as hard to guess as the message's id is. */
function messageOf({ headers, message, returned }: ReportMail, returnPath: ReturnPath): string | null {
  const places = [
    ...arrivedAt.map((name) => headers.get(name)),
    message.get("original-mail-from"),
    returned.get("return-path"),
  ];
  return (
    returnPath.find(places.join("\n")) ?? idIn(message.get("original-envelope-id")) ?? idIn(returned.get("message-id"))
  );
}

const idIn = (text = ""): string | null => /\bmsg_[0-9a-z]{26}\b/.exec(text)?.[0] ?? null;

const unmatched = (raw: string, detail: string): ProviderEvent => ({
  is: "unmatched",
  key: `mail:${createHash("sha256").update(raw).digest("hex").slice(0, 32)}`,
  detail,
  raw: raw.slice(0, keptLetters).replace(/[\0\p{Cs}]/gu, "\ufffd"), // PostgreSQL's JSON holds neither
});
