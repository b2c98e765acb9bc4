/** What Twilio's answer to a new message means. No detail repeats Twilio's words: they hold the number. */
import type { SendOutcome } from "@chorus/core/channel";
import { type Exchange, retryAfterMs } from "../http-exchange.ts";
import { meaningOf } from "./twilio-codes.ts";

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
  const known = code === null ? undefined : meaningOf(code, new Date());
  if (status === 429) {
    const usual = known?.is === "deferred" ? known.retryAfterMs : undefined;
    return { is: "deferred", scope: "carrier", detail, retryAfterMs: retryAfterMs(answer.headers) ?? usual };
  }
  if (known) return { ...known, detail };
  if (status === 401) return { is: "distrusted", whom: "account", detail };
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
