/** Tries a Bluesky account by signing in, which posts nothing. */
import type { ConnectionTest } from "@chorus/core/connection";
import { brokenConnection } from "../connection-fault.ts";
import type { Http } from "../http-exchange.ts";
import { type Account, signIn, wordOf } from "./bluesky-session.ts";

export async function testBluesky(account: Account, http: Http, signal: AbortSignal): Promise<ConnectionTest> {
  const signedIn = await signIn(account, http, signal);
  if (signedIn.is === "in") {
    const { handle, status } = signedIn.session;
    if (!status) return { is: "works", as: handle };
    return { is: "fails", fault: "account_inactive", detail: inactive(status), setting: "handle" };
  }
  const { answer } = signedIn;
  if (answer.is !== "answered")
    return brokenConnection({ cause: answer.cause, host: new URL(account.baseUrl).host, setting: "baseUrl" });
  return refused(wordOf(answer), answer.status);
}

const inactive = (status: string): string =>
  `The server says that this account is ${status.slice(0, 40)}. Nothing can be posted until that is settled there.`;

function refused(word: string, status: number): ConnectionTest {
  const fails = (fault: "auth" | "account_inactive" | "rate_limited", detail: string): ConnectionTest => ({
    is: "fails",
    fault,
    detail,
    setting: "appPassword",
  });
  if (word === "AuthFactorTokenRequired")
    return fails("auth", "This is the account's own password, which asks for a code by mail. Give an app password.");
  if (/Takedown|Takendown|Suspended|Deactivated/.test(word)) return fails("account_inactive", inactive(word));
  if (status === 429) return fails("rate_limited", "The server asks us to wait. Try again in five minutes.");
  if (status === 401 || status === 400)
    return fails(
      "auth",
      "The server does not know this handle with this password. Make a new app password and give that.",
    );
  return {
    is: "fails",
    fault: "protocol",
    detail: `The server answered HTTP ${status}, which is no answer to signing in. Check the base URL.`,
    setting: "baseUrl",
  };
}
