/** What the sandbox process reads from its environment: once, at start. A bad value stops it and is named. */
import { z } from "zod";
import { defaultAccounts } from "./accounts.ts";

const port = z.coerce.number().int().min(0).max(65535);

const environment = z.object({
  SANDBOX_SMTP_PORT: port.default(0).describe("port of the mail server on 127.0.0.1; 0 takes a free one"),
  SANDBOX_HTTP_PORT: port.default(0).describe("port of the HTTP server on 127.0.0.1; 0 takes a free one"),
  SANDBOX_FOLDER: z.string().min(1).default(".chorus/sandbox").describe("folder that keeps the wire log"),
  SANDBOX_TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-fA-F]{32}$/, "AC and 32 hexadecimal digits")
    .default(defaultAccounts.twilioAccountSid)
    .describe("account SID that the Twilio stand-in answers to"),
  SANDBOX_TWILIO_AUTH_TOKEN: z
    .string()
    .min(1)
    .default(defaultAccounts.twilioAuthToken)
    .describe("its auth token; it also signs callbacks"),
  SANDBOX_SLACK_TOKEN: z
    .string()
    .min(1)
    .default(defaultAccounts.slackToken)
    .describe("bot token that the Slack stand-in answers to"),
  SANDBOX_SLACK_CHANNELS: z
    .string()
    .default(defaultAccounts.slackChannels.join(","))
    .transform((names) =>
      names
        .split(",")
        .map((name) => name.trim().replace(/^#/, ""))
        .filter((name) => name !== ""),
    )
    .describe("names of the Slack channels that exist from the start, separated by commas"),
});
export type Config = z.infer<typeof environment>;

export function readConfig(from: Readonly<Record<string, string | undefined>>): Config {
  const read = environment.safeParse(from);
  if (read.success) return read.data;
  const wrong = read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The sandbox cannot start with these settings:\n  ${wrong.join("\n  ")}`);
}

/** Name and meaning of every variable, for .env.example and its test. */
export const variables = Object.entries(environment.shape).map(([name, schema]) => ({
  name,
  description: schema.description ?? "",
}));
