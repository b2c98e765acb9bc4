/** Tries an SMTP account: greets, encrypts, signs in, starts afresh (RSET) and says goodbye. No mail is begun. */
import type { ConnectionTest } from "@chorus/core/connection";
import { brokenConnection } from "../connection-fault.ts";
import { type Broken, type Line, openLine } from "./smtp-line.ts";
import type { SmtpSettings } from "./smtp-settings.ts";

export async function testSmtp(settings: SmtpSettings, signal: AbortSignal): Promise<ConnectionTest> {
  const trying = tryAccount(settings);
  const expired = new Promise<Broken>((resolve) => {
    const expire = () => resolve({ is: "broken", stage: "connect", reply: null, command: null, cause: "timeout" });
    if (signal.aborted) expire();
    signal.addEventListener("abort", expire, { once: true });
  });
  const found = await Promise.race([trying, expired]);
  const host = `${settings.host}:${settings.port}`;
  return found ? explain(found, host) : { is: "works", as: settings.login?.user ?? `nobody, at ${host}` };
}

/** null: all of it went well. */
async function tryAccount(settings: SmtpSettings): Promise<Broken | null> {
  const line: Line | Broken = await openLine(settings);
  if ("is" in line) return line;
  const refused = await line.refresh();
  line.close();
  return refused;
}

function explain(of: Broken, host: string): ConnectionTest {
  const code = /^\d{3}/.exec(of.reply ?? "")?.[0];
  const fails = (fault: Extract<ConnectionTest, { is: "fails" }>["fault"], detail: string): ConnectionTest => ({
    ...{ is: "fails", fault, detail, setting: "url" },
  });
  if (of.cause === "ETLS" && of.command === "STARTTLS")
    return fails(
      "tls",
      `${host} offers no encryption (STARTTLS${code ? `: ${code}` : ""}), and ours may not be sent in the open.`,
    );
  if (of.stage === "login" || code === "530" || code === "535")
    return fails(
      "auth",
      code && !code.startsWith("50")
        ? `${host} refuses this user or password (${code}). Check both; many relays want a password made for programs.`
        : `${host} does not let anybody sign in there. Leave user and password out, or use its port for submission.`,
    );
  if (code)
    return fails(
      "protocol",
      `${host} answered ${code} at ${of.command ?? "the start"}. It does not take our mail like this.`,
    );
  return brokenConnection({ cause: of.cause, host, setting: "url" });
}
