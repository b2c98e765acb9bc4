/** Tries a Mastodon account by asking whose token it is and what its instance takes, which posts nothing. */
import type { ConnectionFault, ConnectionTest } from "@chorus/core/connection";
import { brokenConnection } from "../connection-fault.ts";
import type { Http } from "../http-exchange.ts";
import { type Account, askHome } from "./instance.ts";
import { usualInstance } from "./length.ts";

export async function testMastodon(account: Account, http: Http, signal: AbortSignal): Promise<ConnectionTest> {
  const asked = await askHome(account, http, signal);
  if (asked.is === "known") {
    const { account: as, limits } = asked.home;
    return { is: "works", as, note: `${roomOf(limits.characters)} Whether the token may post was not looked at.` };
  }
  const { answer } = asked;
  if (answer.is !== "answered")
    return brokenConnection({ cause: answer.cause, host: new URL(account.baseUrl).host, setting: "baseUrl" });
  return refused(answer.status);
}

function roomOf(characters: number): string {
  const takes = `This instance takes posts of ${characters} characters`;
  if (characters < usualInstance.characters) return `${takes}: a longer one is refused before it leaves.`;
  return characters > usualInstance.characters ? `${takes}; Chorus writes ${usualInstance.characters}.` : `${takes}.`;
}

const byStatus: Readonly<Record<number, { fault: ConnectionFault; detail: string }>> = {
  401: {
    fault: "auth",
    detail: "The instance does not know this token. Copy the access token of the application again.",
  },
  403: {
    fault: "missing_scope",
    detail:
      "The instance does not let this token see its own account. Give it read:accounts, read:statuses, write:statuses.",
  },
  429: { fault: "rate_limited", detail: "The instance asks us to wait. Try again in five minutes." },
};

function refused(status: number): ConnectionTest {
  const known = byStatus[status];
  if (known) return { is: "fails", ...known, setting: "token" };
  const detail = `The server answered HTTP ${status}, which no Mastodon says to this question. Check the base URL.`;
  return { is: "fails", fault: "protocol", detail, setting: "baseUrl" };
}
