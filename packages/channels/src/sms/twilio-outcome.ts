/**
 * What Twilio's answer to a new message means, by its error code (twilio.com/docs/api/errors). Errors about our account
 * never count against a number, and no detail repeats Twilio's words: they hold the number.
 */
import type { RefusalReason, SendOutcome } from "@chorus/core/channel";
import { type Exchange, retryAfterMs } from "../http-exchange.ts";

type Meaning =
  | { is: "refused"; reason: RefusalReason; about: "address" | "content" | "sender" }
  | { is: "deferred"; retryAfterMs?: number };

const refused = (reason: RefusalReason, about: "address" | "content" | "sender"): Meaning => ({
  is: "refused",
  reason,
  about,
});
const noSuchNumber = refused("no_such_address", "address");
const content = refused("content", "content");
const account: Meaning = { is: "deferred" };
const hours = 3_600_000;

const byCode: Readonly<Record<number, Meaning>> = {
  20003: account, // wrong SID or token
  20005: account, // account not active
  20404: account, // no such account, or a wrong base URL
  20429: account,
  21211: noSuchNumber,
  21217: noSuchNumber,
  21614: noSuchNumber, // not a mobile number
  21635: refused("unreachable", "address"), // a landline
  21612: refused("unreachable", "address"), // no route from this sender to this number
  21610: refused("opted_out", "address"),
  21408: refused("sender", "sender"), // the account may not text this country
  21212: account,
  21603: account,
  21606: account,
  21659: account,
  21660: account,
  21703: account, // messaging service without senders
  21266: noSuchNumber, // our own number
  21602: content,
  21605: content,
  21617: content,
  21619: content,
  30001: account, // queue full
  30007: refused("blocked", "content"),
  30022: account,
  30023: { is: "deferred", retryAfterMs: hours },
  30034: account, // sender not registered
  63038: { is: "deferred", retryAfterMs: 24 * hours },
};

/** Twilio answered that it broke: it is done with the request, and may have taken it. */
const askAfterMs = 5000;

export function twilioOutcome(exchange: Exchange): SendOutcome {
  switch (exchange.is) {
    case "not_sent":
      return exchange.held
        ? { is: "held" }
        : { is: "deferred", scope: "carrier", detail: `${exchange.cause} while connecting` };
    case "silent":
      return { is: "unknown", detail: `${exchange.cause} after the request` };
    case "answered":
      return answeredOutcome(exchange);
  }
}

function answeredOutcome(answer: Extract<Exchange, { is: "answered" }>): SendOutcome {
  const { status } = answer;
  const { sid, code } = readAnswer(answer.body);
  const detail = `HTTP ${status}${code === null ? "" : `, Twilio error ${code}`}`;
  if (status >= 200 && status < 300)
    return sid
      ? { is: "accepted", providerMessageId: sid }
      : { is: "unknown", detail: `${detail}, without a message SID`, askAfterMs };
  if (status >= 500) return { is: "unknown", detail, askAfterMs };
  const known = code === null ? undefined : byCode[code];
  if (status === 429) return { is: "deferred", scope: "carrier", detail, retryAfterMs: retryAfterMs(answer.headers) };
  if (known?.is === "refused") return { ...known, detail };
  if (known) return { is: "deferred", scope: "carrier", detail, retryAfterMs: known.retryAfterMs };
  return status === 400
    ? { is: "refused", reason: "content", about: "content", detail }
    : { is: "deferred", scope: "carrier", detail };
}

function readAnswer(body: string): { sid: string | null; code: number | null } {
  const none = { sid: null, code: null };
  try {
    const { sid, code } = JSON.parse(body) as { sid?: unknown; code?: unknown };
    return { sid: typeof sid === "string" ? sid : null, code: typeof code === "number" ? code : null };
  } catch {
    return none;
  }
}
