/**
 * The provider accounts that an installation is given by its environment: one account a channel, in every process that
 * sends or listens. A channel without an account cannot be used, and says which variables it misses.
 */
import type { ProviderAccount } from "@chorus/core/channel";
import { z } from "zod";
import { rateSetting } from "./define-provider.ts";

const text = z.string().min(1).optional();
const httpUrl = z.url({ protocol: /^https?$/ }).optional();

/** Spread into the environment schema of whichever process opens carriers. */
export const accountVariables = {
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: "an smtp:// or smtps:// URL" })
    .optional()
    .describe("mail server that carries e-mail, as in smtps://user:password@mail.example.com:465"),
  SMTP_PER_SECOND: rateSetting.describe("mails a second that this server may be given, by all workers together"),
  SMTP_CONCURRENCY: z.coerce.number().int().min(1).max(200).optional().describe("connections to it from each worker"),
  SMTP_BOUNCE_DOMAIN: text.describe("a domain whose mail your server posts to Chorus; bounces then come back to it"),
  SMTP_BOUNCE_SECRET: z
    .string()
    .min(16, "at least 16 letters, as from `openssl rand -hex 32`")
    .optional()
    .describe("lets your mail server post bounces and complaints; needed with SMTP_BOUNCE_DOMAIN"),
  TWILIO_BASE_URL: httpUrl.describe("where Twilio's API is; its public address when not set"),
  TWILIO_ACCOUNT_SID: text.describe("Twilio account that carries SMS"),
  TWILIO_AUTH_TOKEN: text.describe("its auth token; also verifies Twilio's callbacks"),
  TWILIO_FROM: text.describe("the number SMS are sent from, as in +14155550100"),
  TWILIO_PER_SECOND: rateSetting.describe("texts a second that the account may be given, by all workers together"),
  TWILIO_SENDER_PER_SECOND: rateSetting.describe("the same of TWILIO_FROM, for its registration"),
  SLACK_BASE_URL: httpUrl.describe("where Slack's Web API is; its public address when not set"),
  SLACK_BOT_TOKEN: text.describe("bot token of the Slack app that posts"),
  BLUESKY_BASE_URL: httpUrl.describe("where the Bluesky account signs in; bsky.social when not set"),
  BLUESKY_HANDLE: text.describe("Bluesky account that posts, as in shop.bsky.social"),
  BLUESKY_APP_PASSWORD: text.describe("an app password of it"),
  MASTODON_BASE_URL: httpUrl.describe("Mastodon instance of the account that posts"),
  MASTODON_TOKEN: text.describe("access token of its application"),
};
export type AccountVariables = z.infer<z.ZodObject<typeof accountVariables>>;

export type Account = Omit<ProviderAccount, "callbackUrl"> & {
  /** The host that is spoken to. */
  readonly host: string;
  /** How the account is named to people; never a secret. */
  readonly name: string;
};

/** By channel id. */
export function readAccounts(of: AccountVariables): Readonly<Record<string, Account>> {
  const accounts: Record<string, Account> = {};
  if (of.SMTP_URL) {
    const { host, hostname } = new URL(of.SMTP_URL);
    accounts.email = {
      provider: "smtp",
      host: hostname,
      name: host,
      settings: {
        url: of.SMTP_URL,
        requireTls: String(!isLoopback(hostname)),
        ...(of.SMTP_PER_SECOND ? { perSecond: String(of.SMTP_PER_SECOND) } : {}),
        ...(of.SMTP_CONCURRENCY ? { concurrency: String(of.SMTP_CONCURRENCY) } : {}),
        ...(of.SMTP_BOUNCE_DOMAIN ? { bounceDomain: of.SMTP_BOUNCE_DOMAIN } : {}),
        ...(of.SMTP_BOUNCE_SECRET ? { bounceSecret: of.SMTP_BOUNCE_SECRET } : {}),
      },
    };
  }
  if (of.TWILIO_ACCOUNT_SID && of.TWILIO_AUTH_TOKEN && of.TWILIO_FROM) {
    const baseUrl = of.TWILIO_BASE_URL ?? "https://api.twilio.com";
    const settings = {
      baseUrl,
      accountSid: of.TWILIO_ACCOUNT_SID,
      authToken: of.TWILIO_AUTH_TOKEN,
      from: of.TWILIO_FROM,
      ...(of.TWILIO_PER_SECOND ? { perSecond: String(of.TWILIO_PER_SECOND) } : {}),
      ...(of.TWILIO_SENDER_PER_SECOND ? { senderPerSecond: String(of.TWILIO_SENDER_PER_SECOND) } : {}),
    };
    accounts.sms = { provider: "twilio", host: new URL(baseUrl).hostname, name: of.TWILIO_ACCOUNT_SID, settings };
  }
  if (of.SLACK_BOT_TOKEN) {
    const baseUrl = of.SLACK_BASE_URL ?? "https://slack.com/api/";
    const host = new URL(baseUrl).hostname;
    accounts.slack = { provider: "slack", host, name: host, settings: { baseUrl, token: of.SLACK_BOT_TOKEN } };
  }
  if (of.BLUESKY_HANDLE && of.BLUESKY_APP_PASSWORD) {
    const baseUrl = of.BLUESKY_BASE_URL ?? "https://bsky.social";
    const settings = { baseUrl, handle: of.BLUESKY_HANDLE, appPassword: of.BLUESKY_APP_PASSWORD };
    accounts.bluesky = { provider: "bluesky", host: new URL(baseUrl).hostname, name: of.BLUESKY_HANDLE, settings };
  }
  if (of.MASTODON_BASE_URL && of.MASTODON_TOKEN) {
    const { hostname, host } = new URL(of.MASTODON_BASE_URL);
    const settings = { baseUrl: of.MASTODON_BASE_URL, token: of.MASTODON_TOKEN };
    accounts.mastodon = { provider: "mastodon", host: hostname, name: host, settings };
  }
  return accounts;
}

/** 127.0.0.0/8, ::1 and localhost: the only places a sandbox workspace may speak to. */
export function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  return bare === "localhost" || bare === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare);
}
