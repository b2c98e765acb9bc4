/**
 * Mail through any SMTP relay, your own or a provider's: `url` is what it gives you, with user and password in it.
 * A relay close by is best: it answers in milliseconds, so less is ever in doubt, and it does the patient retrying.
 * SMTP has no key against sending twice and cannot be asked afterwards, so silence after the final dot stays a doubt.
 */
import type { HandOver, RawRequest, SendOutcome } from "@chorus/core/channel";
import type { ProviderEvent } from "@chorus/core/event";
import { defineProvider } from "../define-provider.ts";
import { readBounce } from "./bounce.ts";
import type { EmailBody } from "./render.ts";
import { bounceToken, openReturnPath, type ReturnPath, showsToken } from "./return-path.ts";
import type { Mail, Sent } from "./smtp-line.ts";
import { smtpOutcome } from "./smtp-outcome.ts";
import { openSmtpPool, type SmtpPool } from "./smtp-pool.ts";
import { type SmtpSettings, smtpSettings } from "./smtp-settings.ts";
import { testSmtp } from "./smtp-test.ts";

export const smtp = defineProvider({
  id: "smtp",
  label: "SMTP",
  setup:
    "Any mail relay: put its address, user and password into `url`. The relay signs with DKIM; let it sign List-Unsubscribe and List-Unsubscribe-Post too.",
  settings: smtpSettings,
  identify: ({ host, port }) => ({ host, name: `${host}:${port}` }),
  openCarrier: ({ settings, callbackUrl }) => {
    const pool = openSmtpPool(settings);
    const { bounceSecret } = settings;
    const returnPath = bounceSecret ? openReturnPath(bounceSecret) : null;
    return {
      resend: "may_duplicate",
      concurrency: settings.concurrency,
      ...limitedTo(settings),
      domainOf: (to) => to.slice(to.lastIndexOf("@") + 1),
      send: (body: EmailBody, how: HandOver) => send(body, how, { settings, pool, returnPath }),
      ...(bounceSecret && returnPath ? { receive: receiveBounces({ bounceSecret, callbackUrl, returnPath }) } : {}),
      test: (signal) => testSmtp(settings, signal),
      close: async () => pool.close(),
    };
  },
});

const limitedTo = ({ perSecond }: SmtpSettings) => (perSecond ? { rates: () => [{ of: "account", perSecond }] } : {});

type By = { readonly settings: SmtpSettings; readonly pool: SmtpPool; readonly returnPath: ReturnPath | null };

async function send(body: EmailBody, how: HandOver, { settings, pool, returnPath }: By): Promise<SendOutcome> {
  if (settings.fromDomain && !body.from.endsWith(`@${settings.fromDomain.toLowerCase()}`))
    return {
      is: "distrusted",
      whom: "sender",
      detail: `This account only sends for ${settings.fromDomain}. Change the sender, or the account's fromDomain.`,
    };
  const { bounceDomain } = settings;
  const mail: Mail = {
    from: bounceDomain && returnPath ? returnPath.write(how.messageId, bounceDomain) : body.from,
    to: body.to,
    mime: body.mime,
    envelopeId: how.messageId,
  };
  return outcomeOf(await pool.send(mail, how));
}

type Receiving = { readonly bounceSecret: string; readonly callbackUrl: string; readonly returnPath: ReturnPath };

/** The mail server posts each mail it gets for the bounce domain, whole and as it came (docs/operations/bounces.md). */
function receiveBounces({ bounceSecret, callbackUrl, returnPath }: Receiving) {
  const token = callbackUrl ? bounceToken(bounceSecret, callbackUrl) : null;
  return async ({ url, body }: RawRequest): Promise<ProviderEvent[] | null> =>
    token !== null && showsToken(url, token) ? readBounce(body, returnPath) : null;
}

const idRoom = 200;

function outcomeOf(sent: Sent): SendOutcome {
  switch (sent.is) {
    case "taken":
      return { is: "accepted", providerMessageId: sent.reply.replace(/^\d{3}[ -]/, "").slice(0, idRoom) };
    case "held":
      return { is: "held" };
    case "broken":
      return smtpOutcome(sent);
  }
}
