/** Tries a Twilio account: reads the account itself, then looks whether the sender is one of its own. No text is sent. */
import type { ConnectionFault, ConnectionTest } from "@chorus/core/connection";
import { brokenConnection } from "../connection-fault.ts";
import type { Http } from "../http-exchange.ts";
import { type Connected, connectTwilio } from "./twilio-client.ts";
import type { TwilioSettings } from "./twilio-settings.ts";

export async function testTwilio(settings: TwilioSettings, http: Http, signal: AbortSignal): Promise<ConnectionTest> {
  const { client, exchange } = await connectTwilio(settings, http, { mayStillSend: () => true, signal });
  const failed = () => explain(exchange(), settings);
  const account = await client.api.v2010
    .accounts(settings.accountSid)
    .fetch()
    .catch(() => null);
  if (!account) return failed();
  if (account.status !== "active")
    return fails(
      "account_inactive",
      `Twilio says that this account is ${account.status}. See its console.`,
      "accountSid",
    );
  const as = account.friendlyName || settings.accountSid;
  const kind = kindOfSender(settings.from);
  if (kind === "name" || kind === "service")
    return { is: "works", as, note: `Whether ${settings.from} may send is only seen when it does.` };
  const own = await listSenders(client, kind, settings.from).catch(() => null);
  if (!own) return failed();
  if (own.length > 0) return { is: "works", as };
  return fails(
    "sender_not_owned",
    `${settings.from} is not a number of this account. Buy it there, or give one it has.`,
    "from",
  );
}

type Client = Connected["client"];

const listSenders = (client: Client, kind: "number" | "short_code", from: string): Promise<readonly unknown[]> =>
  kind === "number"
    ? client.incomingPhoneNumbers.list({ phoneNumber: from, limit: 1 })
    : client.shortCodes.list({ shortCode: from, limit: 1 });

function kindOfSender(from: string): "number" | "short_code" | "service" | "name" {
  if (from.startsWith("+")) return "number";
  if (/^\d{3,8}$/.test(from)) return "short_code";
  return from.startsWith("MG") ? "service" : "name";
}

const fails = (fault: ConnectionFault, detail: string, setting: string): ConnectionTest => ({
  ...{ is: "fails", fault, detail, setting },
});

/** Twilio's numbers for what is wrong (twilio.com/docs/api/errors). */
function explain(of: ReturnType<Connected["exchange"]>, settings: TwilioSettings): ConnectionTest {
  const { host } = new URL(settings.baseUrl);
  if (of?.is !== "answered") return brokenConnection({ cause: of?.cause ?? "failed", host, setting: "baseUrl" });
  const code = /"code"\s*:\s*(\d{5})/.exec(of.body)?.[1];
  if (code === "20003" || of.status === 401)
    return fails("auth", "Twilio refuses this SID and token together. Copy both from the console again.", "authToken");
  if (code === "20005") return fails("account_inactive", "Twilio says that this account is not active.", "accountSid");
  if (code === "20404")
    return fails(
      "auth",
      "Twilio knows no such account. Check the SID, and the base URL if you gave one.",
      "accountSid",
    );
  if (of.status === 429) return fails("rate_limited", "Twilio asks us to wait. Try again in a minute.", "accountSid");
  return fails(
    "protocol",
    `${host} answered HTTP ${of.status}, which Twilio does not say to this question.`,
    "baseUrl",
  );
}
