/**
 * A mail that came back, taken apart within limits: which report is in it (RFC 3464, RFC 5965), its fields, and the
 * header of the mail it is about. What calls itself a report and cannot be read is said to be so, never thrown.
 */
import PostalMime, { type Email } from "postal-mime";

/** Names in lower case. */
export type Fields = ReadonlyMap<string, string>;

export type ReportMail = {
  readonly is: "delivery" | "feedback";
  /** Of the report as a mail; a name that comes more than once holds all its values. */
  readonly headers: Fields;
  /** About the message as a whole. */
  readonly message: Fields;
  readonly recipients: readonly Fields[];
  /** The header of the mail the report is about; empty where it was not returned. */
  readonly returned: Fields;
};
export type CameBack = ReportMail | { readonly is: "unreadable" } | { readonly is: "no_report" };

/** The report stands in front of the mail it returns (RFC 6522 §3), so what is cut off is never missed. */
const room = { mail: 512 * 1024, headers: 64 * 1024, fields: 64 * 1024, nesting: 10, recipients: 50 };

const reportTypes: Readonly<Record<string, ReportMail["is"]>> = {
  "message/delivery-status": "delivery",
  "message/global-delivery-status": "delivery", // RFC 6533
  "message/feedback-report": "feedback",
};
const returnedTypes = ["message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"];

export async function readReportMail(raw: string): Promise<CameBack> {
  const mail = await PostalMime.parse(raw.slice(0, room.mail), {
    maxNestingDepth: room.nesting,
    maxHeadersSize: room.headers,
    maxRfc822NestingDepth: 0, // a report inside a returned mail is not about us
    attachmentEncoding: "utf8",
  }).catch(() => null);
  if (!mail) return { is: "unreadable" };
  const headers = headersOf(mail);
  const part = mail.attachments.find(({ mimeType }) => mimeType in reportTypes);
  const is = part && reportTypes[part.mimeType];
  if (!part || !is) return { is: claimsToReport(headers) ? "unreadable" : "no_report" };
  const [message, ...recipients] = groupsOf(textOf(part), is);
  const returned = fieldsOf(textOf(mail.attachments.find(({ mimeType }) => returnedTypes.includes(mimeType))));
  return { is, headers, message: message ?? new Map(), recipients, returned };
}

/** Broken reports, and bounces in forms of their own. What a person or an answering machine wrote is neither (RFC 3834). */
function claimsToReport(headers: Fields): boolean {
  const type = headers.get("content-type") ?? "";
  if (/multipart\/report/i.test(type)) return /delivery-status|feedback-report/i.test(type);
  const answers = /^\s*auto-(?:replied|generated)/i.test(headers.get("auto-submitted") ?? "");
  return !answers && /\b(?:mailer-daemon|postmaster)@/i.test(headers.get("from") ?? "");
}

function headersOf(mail: Email): Fields {
  const headers = new Map<string, string>();
  for (const { key, value } of mail.headers) {
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}\n${value}`);
  }
  return headers;
}

type Part = Email["attachments"][number];
const textOf = (part: Part | undefined): string => (typeof part?.content === "string" ? part.content : "");

/** RFC 3464 §2.1: groups of fields with empty lines between. Some servers put empty lines in front, or leave the first out. */
function groupsOf(text: string, is: ReportMail["is"]): Fields[] {
  const groups = text
    .slice(0, room.fields)
    .split(/\r?\n[ \t]*(?:\r?\n[ \t]*)+(?=\S|$)/)
    .map(fieldsOf)
    .filter((group) => group.size > 0);
  const ofRecipient = (group: Fields) => is === "delivery" && (group.has("action") || group.has("status"));
  const message = new Map(groups.filter((group) => !ofRecipient(group)).flatMap((group) => [...group]));
  return [message, ...groups.filter(ofRecipient).slice(0, room.recipients)];
}

/** The fields up to the first empty line, unfolded. */
function fieldsOf(text: string): Fields {
  const [block = ""] = text
    .replace(/^\s+/, "")
    .slice(0, room.fields)
    .split(/\r?\n[ \t]*\r?\n/, 1);
  const fields = new Map<string, string>();
  for (const line of block.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const [, name, value] = /^([!-9;-~]+):\s*(.*)$/.exec(line) ?? [];
    if (name && !fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value?.trim() ?? "");
  }
  return fields;
}
