/**
 * Who carries and who writes. What the environment names is used as it is; everything else is pointed at the sandbox,
 * and the demo points everything at this machine: no run of it can reach a person.
 */
import { accountVariables, isLoopback } from "@chorus/channels/accounts";
import { defaultAccounts } from "@chorus/sandbox/accounts";
import { type PostStandIn, postStandIns } from "@chorus/sandbox/post-stand-ins";
import type { Settings } from "./settings.ts";

export type Providers = {
  /** For API and worker. */
  readonly environment: Readonly<Record<string, string>>;
  /** Channels whose messages the sandbox takes, so that its wire log can be compared with the books. */
  readonly sandboxChannels: readonly string[];
  /** False: another endpoint writes the copy, and nothing is known about it. */
  readonly sandboxWrites: boolean;
};

/** A number that Twilio itself keeps for tests (twilio.com/docs/iam/test-credentials). */
const sandboxSender = "+15005550006";

/** The accounts that the sandbox shall answer to: those of the environment, where it names some. */
export const sandboxAccounts = (settings: Settings): Record<string, string> => ({
  SANDBOX_TWILIO_ACCOUNT_SID: settings.TWILIO_ACCOUNT_SID ?? defaultAccounts.twilioAccountSid,
  SANDBOX_TWILIO_AUTH_TOKEN: settings.TWILIO_AUTH_TOKEN ?? defaultAccounts.twilioAuthToken,
  SANDBOX_SLACK_TOKEN: settings.SLACK_BOT_TOKEN ?? defaultAccounts.slackToken,
});

type Place = { readonly settings: Settings; readonly sandbox: { readonly smtp: string; readonly http: string } };

type Choosing = Place & { readonly staysHere: boolean };

/** `staysHere`: credentials without an address go to the sandbox too, instead of to the provider's public address. */
export function chooseProviders({ settings, sandbox, staysHere }: Choosing): Providers {
  const email = settings.SMTP_URL === undefined;
  const sms = settings.TWILIO_BASE_URL === undefined && (staysHere || !hasTwilioAccount(settings));
  const slack = settings.SLACK_BASE_URL === undefined && (staysHere || settings.SLACK_BOT_TOKEN === undefined);
  const posts = postStandIns.map((standIn) => choosePosts(standIn, { settings, sandbox, staysHere }));
  const sandboxWrites = settings.OPENAI_BASE_URL === undefined && settings.OPENAI_API_KEY === undefined;
  const environment: Record<string, string | undefined> = {
    SMTP_URL: settings.SMTP_URL ?? sandbox.smtp,
    TWILIO_BASE_URL: settings.TWILIO_BASE_URL ?? (sms ? `${sandbox.http}/twilio` : undefined),
    TWILIO_ACCOUNT_SID: settings.TWILIO_ACCOUNT_SID ?? defaultAccounts.twilioAccountSid,
    TWILIO_AUTH_TOKEN: settings.TWILIO_AUTH_TOKEN ?? defaultAccounts.twilioAuthToken,
    TWILIO_FROM: settings.TWILIO_FROM ?? sandboxSender,
    SLACK_BASE_URL: settings.SLACK_BASE_URL ?? (slack ? `${sandbox.http}/slack/api/` : undefined),
    SLACK_BOT_TOKEN: settings.SLACK_BOT_TOKEN ?? defaultAccounts.slackToken,
    ...Object.assign({}, ...posts.map((each) => each.environment)),
    OPENAI_BASE_URL: settings.OPENAI_BASE_URL ?? (sandboxWrites ? `${sandbox.http}/openai/v1` : undefined),
    OPENAI_API_KEY: settings.OPENAI_API_KEY ?? (sandboxWrites ? "sandbox" : undefined),
    OPENAI_MODEL: settings.OPENAI_MODEL,
    MODEL_PROFILE: settings.MODEL_PROFILE,
    MODEL_TIMEOUT_SECONDS: settings.MODEL_TIMEOUT_SECONDS,
    MODEL_PRICES: settings.MODEL_PRICES,
  };
  return {
    environment: Object.fromEntries(
      Object.entries(environment).flatMap(([name, value]) => (value ? [[name, value]] : [])),
    ),
    sandboxChannels: [
      ...(email ? ["email"] : []),
      ...(sms ? ["sms"] : []),
      ...(slack ? ["slack"] : []),
      ...posts.flatMap(({ channel, isHere }) => (isHere ? [channel] : [])),
    ],
    sandboxWrites,
  };
}

/** As for the others; an account that is to stay here is the stand-in's own, which knows no other. */
function choosePosts({ channel, environment }: PostStandIn, { settings, sandbox, staysHere }: Choosing) {
  const here = environment(`${sandbox.http}/${channel}`);
  const given: Readonly<Record<string, unknown>> = settings;
  const [address = "", ...credentials] = Object.keys(here);
  const isHere = given[address] === undefined && (staysHere || credentials.every((name) => given[name] === undefined));
  const own = Object.fromEntries(Object.keys(here).map((name) => [name, given[name] as string | undefined]));
  return { channel, isHere, environment: isHere ? here : own };
}

const hasTwilioAccount = (of: Settings): boolean =>
  [of.TWILIO_ACCOUNT_SID, of.TWILIO_AUTH_TOKEN, of.TWILIO_FROM].some((each) => each !== undefined);

/** A sandbox workspace speaks only to this machine: says early which setting leads away from it. */
export function refuseOutsideProviders(settings: Settings): void {
  const carriers = Object.entries(settings).filter(
    ([name]) => name in accountVariables && /_(?:BASE_)?URL$/.test(name),
  );
  const outside = carriers.filter(([, url]) => url !== undefined && !isLoopback(new URL(String(url)).hostname));
  if (outside.length === 0) return;
  const names = outside.map(([name]) => name).join(" and ");
  throw new Error(
    `${names} leads away from this machine, and the demo never sends anything to a real person. ` +
      `Leave ${outside.length > 1 ? "them" : "it"} out, or name a server on 127.0.0.1.`,
  );
}
