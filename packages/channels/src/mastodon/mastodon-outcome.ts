/** What an instance's answer means, by its status (docs.joinmastodon.org/methods/statuses, 2026-11-28): its words are for people. */
import type { SendOutcome } from "@chorus/core/channel";
import { type Answer, readObject, textOf, unansweredOutcome, unpreparedOutcome } from "../exchange-outcome.ts";
import { type Exchange, retryAfterMs, untilResetMs } from "../http-exchange.ts";

/** It broke while it worked: it may have posted. */
const askAfterMs = 5000;

export function postOutcome(exchange: Exchange): SendOutcome {
  if (exchange.is !== "answered") return unansweredOutcome(exchange);
  const { status } = exchange;
  const detail = `HTTP ${status}`;
  const id = status === 200 ? textOf(readObject(exchange.body).id) : null;
  if (id) return { is: "accepted", providerMessageId: id };
  if (status === 200 || status >= 500) return { is: "unknown", detail, askAfterMs };
  if (status === 422 || status === 400 || status === 413)
    return { is: "refused", reason: "content", about: "content", detail };
  return turnedAway(exchange, detail);
}

/** The answer to who we are and what the instance takes, where it was none. Nothing was posted, so nothing is in doubt. */
export const homeOutcome = (answer: Exchange): SendOutcome =>
  answer.is === "answered"
    ? turnedAway(answer, `HTTP ${answer.status} before anything was sent`)
    : unpreparedOutcome(answer);

function turnedAway({ status, headers }: Answer, detail: string): SendOutcome {
  if (status === 401 || status === 403) return { is: "distrusted", whom: "account", detail };
  if (status !== 429) return { is: "deferred", scope: "carrier", detail };
  const waitMs = untilResetMs(headers["x-ratelimit-reset"]) ?? retryAfterMs(headers);
  return { is: "deferred", scope: "carrier", detail, retryAfterMs: waitMs };
}
