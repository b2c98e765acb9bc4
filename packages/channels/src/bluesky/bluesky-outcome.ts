/**
 * What a server's answer to a post means, by its status and its error word (atproto.com/specs/xrpc; the words are those
 * of the reference server, checked against it 2026-11-28). Words about our account pause it; they are not the post's fault.
 */
import type { SendOutcome } from "@chorus/core/channel";
import { type Answer, readObject, textOf, unansweredOutcome, unpreparedOutcome } from "../exchange-outcome.ts";
import { type Exchange, retryAfterMs, untilResetMs } from "../http-exchange.ts";
import { wordOf } from "./bluesky-session.ts";

/** Nothing can be posted as this account until a person has acted. */
const aboutAccount = new Set(
  "AccountTakedown AccountSuspended AccountDeactivated RepoTakendown RepoSuspended RepoDeactivated AuthenticationRequired AuthMissing AuthFactorTokenRequired InvalidToken BadToken Forbidden".split(
    " ",
  ),
);
/** Somebody wrote into the same account at the same moment: nothing was taken. */
const crowded = new Set(["InvalidSwap", "ConcurrentWrites"]);

/** It broke while it worked, or says that there is such a record: it may have posted. */
const askAfterMs = 5000;

export function postOutcome(exchange: Exchange): SendOutcome {
  if (exchange.is !== "answered") return unansweredOutcome(exchange);
  const { status } = exchange;
  const detail = detailOf(exchange);
  if (status === 200) {
    const uri = textOf(readObject(exchange.body).uri);
    return uri ? { is: "accepted", providerMessageId: uri } : { is: "unknown", detail, askAfterMs };
  }
  if (status >= 500) return { is: "unknown", detail, askAfterMs };
  return refusalOf(exchange) ?? byStatus(status, detail);
}

function byStatus(status: number, detail: string): SendOutcome {
  if (status === 400 || status === 413) return { is: "refused", reason: "content", about: "content", detail };
  return { is: "deferred", scope: "carrier", detail };
}

/** What is said alike when signing in and when posting; null for anything else. */
function refusalOf(answer: Answer): SendOutcome | null {
  const { status, headers } = answer;
  const detail = detailOf(answer);
  if (status === 429) {
    const waitMs = untilResetMs(headers["ratelimit-reset"]) ?? retryAfterMs(headers);
    return { is: "deferred", scope: "carrier", detail, retryAfterMs: waitMs };
  }
  const word = wordOf(answer);
  if (crowded.has(word)) return { is: "deferred", scope: "message", detail };
  if (word === "ExpiredToken") return { is: "deferred", scope: "carrier", detail };
  return status === 401 || status === 403 || aboutAccount.has(word)
    ? { is: "distrusted", whom: "account", detail }
    : null;
}

/** The answer to a sign-in that let nobody in. Nothing was posted, so nothing is in doubt. */
export function signInOutcome(answer: Exchange): SendOutcome {
  if (answer.is !== "answered") return unpreparedOutcome(answer);
  const detail = `${detailOf(answer)} to signing in`;
  const refusal = refusalOf(answer);
  if (refusal) return "detail" in refusal ? { ...refusal, detail } : refusal;
  return answer.status === 400
    ? { is: "distrusted", whom: "account", detail }
    : { is: "deferred", scope: "carrier", detail };
}

function detailOf(answer: Answer): string {
  const word = wordOf(answer);
  return /^\w{1,60}$/.test(word) ? `HTTP ${answer.status}, ${word}` : `HTTP ${answer.status}`;
}
