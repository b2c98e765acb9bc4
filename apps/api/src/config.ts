/** What the API reads from its environment: once, at start. A bad value stops the start and is named. */
import { accountVariables } from "@chorus/channels/accounts";
import { traceVariables } from "@chorus/core/trace-settings";
import { z } from "zod";

const postgresUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: "a URL such as postgres://user:password@host:5432/chorus",
});

const environment = z.object({
  DATABASE_URL: postgresUrl.describe("the PostgreSQL database that holds everything"),
  QUEUE_URL: z
    .url({ protocol: /^(postgres(ql)?|rediss?)$/, error: "a postgres:// or redis:// or rediss:// URL" })
    .optional()
    .describe("where the queue lives; the database's own URL when not set"),
  API_HOST: z.string().min(1).default("127.0.0.1").describe("address to listen on"),
  API_PORT: z.coerce.number().int().min(0).max(65535).default(0).describe("port to listen on; 0 takes a free one"),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: "an http:// or https:// URL without a path" })
    .transform((url) => url.replace(/\/+$/, ""))
    .optional()
    .describe("how contacts and providers reach this API; the address it listens on when not set"),
  CHORUS_KEY: z
    .string({
      error:
        "needed: 32 random bytes in base64, as from `openssl rand -base64 32`; keep it, ids and links depend on it",
    })
    .refine(
      (text) => Buffer.from(text, "base64").length === 32,
      "32 bytes in base64, as from `openssl rand -base64 32`",
    )
    .transform((text) => new Uint8Array(Buffer.from(text, "base64")))
    .describe("the installation's key: seals public ids, links, address hashes and provider accounts"),
  API_RATE_LIMIT: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000_000)
    .default(6_000)
    .describe("requests a minute that one key may make of one API process; an import is one request"),
  API_KEY_TRIES: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000_000)
    .default(100)
    .describe("keys that open nothing which one address may try a minute, for each API process"),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("least severe log line that is written"),
  ...accountVariables,
  ...traceVariables,
});

export type Config = Omit<z.infer<typeof environment>, "QUEUE_URL"> & { readonly QUEUE_URL: string };

/** Throws an error that names every wrong variable and what it should be; never repeats a value, which may be a secret. */
export function readConfig(from: Readonly<Record<string, string | undefined>>): Config {
  const set = Object.fromEntries(Object.entries(from).filter(([, value]) => value !== ""));
  const read = environment.safeParse(set);
  if (read.success) return { ...read.data, QUEUE_URL: read.data.QUEUE_URL ?? read.data.DATABASE_URL };
  const wrong = read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The API cannot start with these settings:\n  ${wrong.join("\n  ")}`);
}

/** Name, meaning and default of every variable, for .env.example and its test. */
export const variables = Object.entries(environment.shape).map(([name, schema]) => ({
  name,
  description: schema.description ?? "",
  isRequired: !schema.safeParse(undefined).success,
}));
