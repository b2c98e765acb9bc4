/** Tries a Slack account with auth.test, which posts nothing; its answer's headers name the token's scopes. */
import type { ConnectionFault, ConnectionTest } from "@chorus/core/connection";
import { brokenConnection } from "../connection-fault.ts";
import type { Http } from "../http-exchange.ts";
import { connectSlack } from "./slack-client.ts";

/** To post, to find a channel by its name, and to look up what became of a post. */
const needed = ["chat:write", "channels:read", "channels:history"];

type Account = { readonly baseUrl: string; readonly token: string };

export async function testSlack(account: Account, http: Http, signal: AbortSignal): Promise<ConnectionTest> {
  const { client, exchange } = await connectSlack(account, http, { mayStillSend: () => true, signal });
  const said = await client.auth.test().catch((error: { data?: { error?: unknown } }) => ({
    ...{ ok: false, error: String(error.data?.error ?? ""), user: "", team: "" },
  }));
  const answer = exchange();
  if (answer?.is !== "answered") {
    const { host } = new URL(account.baseUrl);
    return brokenConnection({ cause: answer?.cause ?? "failed", host, setting: "baseUrl" });
  }
  if (!said.ok) return refused(String(said.error ?? ""), answer.status);
  const has = new Set(String(answer.headers["x-oauth-scopes"] ?? "").split(/[\s,]+/));
  const missing = needed.filter((scope) => !has.has(scope));
  if (missing.length > 0) {
    const detail = `The app misses ${missing.join(", ")}. Add it under OAuth & Permissions and install the app again.`;
    return { is: "fails", fault: "missing_scope", detail, setting: "token" };
  }
  return { is: "works", as: `${said.user} in ${said.team}` };
}

/** Slack's error words (docs.slack.dev/reference/methods/auth.test). */
const byWord: Readonly<Record<string, { fault: ConnectionFault; detail: string }>> = {
  not_authed: { fault: "auth", detail: "Slack was given no token." },
  invalid_auth: { fault: "auth", detail: "Slack does not know this token. Copy the bot token of the app again." },
  token_revoked: {
    fault: "token_revoked",
    detail: "This token was revoked. Install the app again and take its new one.",
  },
  token_expired: { fault: "token_revoked", detail: "This token has expired. Take a new one from the app." },
  account_inactive: {
    fault: "account_inactive",
    detail: "The app was removed from the workspace, or the workspace is gone.",
  },
  org_login_required: {
    fault: "account_inactive",
    detail: "The workspace is moving to an organisation. Try again later.",
  },
  ratelimited: { fault: "rate_limited", detail: "Slack asks us to wait. Try again in a minute." },
};

function refused(word: string, status: number): ConnectionTest {
  const known = byWord[word] ?? (status === 429 ? byWord.ratelimited : undefined);
  if (known) return { is: "fails", ...known, setting: "token" };
  const shown = /^\w{1,60}$/.test(word) ? word : `HTTP ${status}`;
  return {
    is: "fails",
    fault: "protocol",
    detail: `The server answered ${shown}, which Slack does not say to this question. Check the base URL.`,
    setting: "baseUrl",
  };
}
