/**
 * What Slack's answer to a post means, by its error word (docs.slack.dev/reference/methods/chat.postMessage). Words
 * about our token pause the account; they are not the channel's fault.
 */
import type { RefusalReason, SendOutcome } from "@chorus/core/channel";
import { type Answer, unansweredOutcome } from "../exchange-outcome.ts";
import { type Exchange, retryAfterMs } from "../http-exchange.ts";

type Refused = { reason: RefusalReason; about: "address" | "content" };

const noChannel: Refused = { reason: "destination", about: "address" };
const content: Refused = { reason: "content", about: "content" };

const refusedBy: Readonly<Record<string, Refused>> = {
  channel_not_found: noChannel,
  is_archived: noChannel,
  not_in_channel: noChannel,
  restricted_action: noChannel,
  restricted_action_read_only_channel: noChannel,
  restricted_action_non_threadable_channel: noChannel,
  restricted_action_thread_only_channel: noChannel,
  msg_too_long: content,
  msg_blocks_too_long: content,
  invalid_blocks: content,
  invalid_blocks_format: content,
  invalid_metadata_format: content,
  invalid_metadata_schema: content,
  metadata_too_large: content,
  no_text: content,
  too_many_attachments: content,
};

/** Nothing can be posted with this token until somebody gives another one, or asks Slack's administrators. */
const aboutAccount = new Set(
  "account_inactive token_revoked token_expired invalid_auth not_authed no_permission missing_scope access_denied ekm_access_denied org_login_required team_access_not_granted".split(
    " ",
  ),
);
const tooMany = new Set(["ratelimited", "rate_limited", "accesslimited"]);

/** Slack broke while it worked: it may have posted. */
const askAfterMs = 5000;

export function slackOutcome(exchange: Exchange, channel: string): SendOutcome {
  return exchange.is === "answered" ? answeredOutcome(exchange, channel) : unansweredOutcome(exchange);
}

function answeredOutcome(answer: Answer, channel: string): SendOutcome {
  const { status, headers } = answer;
  if (status === 429)
    return { is: "deferred", scope: "carrier", detail: "HTTP 429", retryAfterMs: retryAfterMs(headers) };
  if (status >= 500) return { is: "unknown", detail: `HTTP ${status}`, askAfterMs };
  if (status !== 200) return { is: "deferred", scope: "carrier", detail: `HTTP ${status}` };
  const said = readAnswer(answer.body);
  if (said.ok && said.ts) return { is: "accepted", providerMessageId: `${said.channel ?? channel}:${said.ts}` };
  const error = said.error ?? "an answer that is none";
  const refused = refusedBy[error];
  if (refused) return { is: "refused", ...refused, detail: `Slack says ${error}` };
  if (aboutAccount.has(error)) return { is: "distrusted", whom: "account", detail: `Slack says ${error}` };
  if (tooMany.has(error)) return { is: "deferred", scope: "carrier", detail: `Slack says ${error}` };
  return { is: "unknown", detail: `Slack says ${error}`, askAfterMs };
}

type Said = { ok: boolean; ts: string | null; channel: string | null; error: string | null };

function readAnswer(body: string): Said {
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  try {
    const { ok, ts, channel, error } = JSON.parse(body) as Record<string, unknown>;
    const word = text(error);
    return {
      ok: ok === true,
      ts: text(ts),
      channel: text(channel),
      error: word && /^\w{1,60}$/.test(word) ? word : null,
    };
  } catch {
    return { ok: false, ts: null, channel: null, error: null };
  }
}
