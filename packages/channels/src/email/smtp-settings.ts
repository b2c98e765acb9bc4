/** What an SMTP account is made of. Plain text is only spoken to this machine itself (channels page, E10). */
import { z } from "zod";
import { isLoopback } from "../accounts.ts";
import { numberSetting, rateSetting } from "../define-provider.ts";

const minutes = 60_000;

export const smtpSettings = z
  .strictObject({
    url: z
      .url({ protocol: /^smtps?$/, error: "an address such as smtp://user:password@mail.example.com:587" })
      .describe("the relay: smtp:// upgrades with STARTTLS, smtps:// is TLS from the first byte")
      .meta({ secret: true }),
    requireTls: z
      .stringbool()
      .optional()
      .describe("may only be switched off, and then is, for a relay on this machine"),
    fromDomain: z
      .string()
      .optional()
      .describe("the only domain mails may come from; a mail from another is refused before it is sent"),
    bounceDomain: z
      .string()
      .optional()
      .describe("a domain whose bounces are posted to Chorus: each mail then has a return path of its own there"),
    bounceSecret: z
      .string()
      .min(16, "at least 16 letters, as from `openssl rand -hex 32`")
      .optional()
      .describe("proves that a return path is ours, and that it is your mail server that posts bounces and complaints")
      .meta({ secret: true }),
    ehloName: z.string().optional().describe("the name to greet with; the machine's own without it"),
    client: z
      .enum(["chorus", "nodemailer"])
      .default("chorus")
      .describe(
        "who speaks SMTP once the line is open and signed in: Chorus itself, several times faster, or nodemailer",
      ),
    concurrency: numberSetting({ min: 1, max: 200, usual: 10 }).describe("connections open at once"),
    perSecond: rateSetting.describe("mails a second at most, over all workers; as many as go without it"),
    messagesPerConnection: numberSetting({ min: 1, max: 1_000_000, usual: 1000 }).describe("then a new one is opened"),
    connectTimeoutMs: numberSetting({ min: 10, max: 10 * minutes, usual: 15_000 }).describe(
      "to connect and be greeted",
    ),
    replyTimeoutMs: numberSetting({ min: 10, max: 60 * minutes, usual: 5 * minutes }).describe(
      "for any answer before the final dot (RFC 5321 §4.5.3.2 asks for five minutes)",
    ),
    dotTimeoutMs: numberSetting({ min: 10, max: 60 * minutes, usual: 10 * minutes }).describe(
      "for the answer to the final dot (§4.5.3.2.6: ten minutes; a short one manufactures doubt)",
    ),
    idleTimeoutMs: numberSetting({ min: 10, max: 60 * minutes, usual: 30_000 }).describe(
      "an unused connection is closed",
    ),
  })
  .transform(({ url, requireTls, ...rest }) => ({ ...rest, ...relayOf(url), tls: requireTls }))
  .superRefine((settings, context) => {
    if (settings.tls === false && !settings.loopback)
      context.addIssue({
        code: "custom",
        path: ["requireTls"],
        message: "can only be switched off for a relay on this machine (127.0.0.1, ::1 or localhost)",
      });
    if (settings.bounceDomain && !settings.bounceSecret)
      context.addIssue({
        code: "custom",
        path: ["bounceSecret"],
        message: "needed with bounceDomain: without it anybody could write a return path",
      });
  })
  .transform(({ tls, loopback, ...rest }) => ({ ...rest, requireTls: tls ?? !loopback }));
export type SmtpSettings = z.output<typeof smtpSettings>;

function relayOf(text: string) {
  const url = new URL(text);
  const secure = url.protocol === "smtps:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const user = decodeURIComponent(url.username);
  return {
    host,
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    login: user ? { user, pass: decodeURIComponent(url.password) } : null,
    loopback: isLoopback(host),
  };
}
