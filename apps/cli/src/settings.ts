/** What the command line program reads from its environment: once, at start. A bad value stops it and is named. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { accountVariables } from "@chorus/channels/accounts";
import { traceVariables } from "@chorus/core/trace-settings";
import { profileNames } from "@chorus/prompts/profiles";
import { z } from "zod";

/** The clone this program lies in. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

const environment = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: "a URL such as postgres://user:password@host:5432/chorus" })
    .optional()
    .describe(
      "a PostgreSQL of your own; the embedded one when not set. The demo makes and resets a database beside it",
    ),
  QUEUE_URL: z
    .url({ protocol: /^(postgres(ql)?|rediss?)$/, error: "a postgres:// or redis:// or rediss:// URL" })
    .optional()
    .describe("where the queue lives; the database's own URL when not set"),
  API_HOST: z.string().min(1).default("127.0.0.1").describe("address the API listens on"),
  API_PORT: z.coerce.number().int().min(0).max(65535).default(0).describe("port of the API; 0 takes a free one"),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: "an http:// or https:// URL without a path" })
    .optional()
    .describe("how contacts and providers reach the API; the address it listens on when not set"),
  CHORUS_KEY: z
    .string()
    .refine(
      (text) => Buffer.from(text, "base64").length === 32,
      "32 bytes in base64, as from `openssl rand -base64 32`",
    )
    .optional()
    .describe("the installation's key; made once and kept in the state folder when not set"),
  CHORUS_HOME: z
    .string()
    .min(1)
    .default(".chorus")
    .describe("the state folder: database, key, logs, the sandbox's wire log; seen from the clone"),
  ...accountVariables,
  OPENAI_BASE_URL: z
    .url({ protocol: /^https?$/, error: "an http:// or https:// URL such as http://127.0.0.1:8080/v1" })
    .optional()
    .describe("any server that speaks OpenAI's Chat Completions; OpenAI's own when only the key is set"),
  OPENAI_API_KEY: z.string().min(1).optional().describe("key of the model server"),
  OPENAI_MODEL: z.string().min(1).optional().describe("model that writes"),
  MODEL_PROFILE: z
    .enum(profileNames, { error: `one of ${profileNames.join(", ")}` })
    .optional()
    .describe("which kind of model server it is"),
  MODEL_TIMEOUT_SECONDS: z.string().min(1).optional().describe("how long one answer of the model may take"),
  MODEL_PRICES: z.string().min(1).optional().describe("what a million tokens of each model cost, as JSON"),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("least severe line that API and worker write to their logs"),
  ...traceVariables,
});
export type Settings = Readonly<z.infer<typeof environment>>;

/** Throws an error that names every wrong variable and what it should be; never repeats a value, which may be a secret. */
export function readSettings(from: Readonly<Record<string, string | undefined>>): Settings {
  const set = Object.fromEntries(Object.entries(from).filter(([, value]) => value !== ""));
  const read = environment.safeParse(set);
  if (read.success) return { ...read.data, CHORUS_HOME: resolve(root, read.data.CHORUS_HOME) };
  const wrong = read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`Chorus cannot start with these settings:\n  ${wrong.join("\n  ")}\nSee .env.example.`);
}

/** Adds what the clone's own `.env` says to the environment, for us and for the processes we start; what is set stays. */
export function loadEnvFile(): void {
  const file = join(root, ".env");
  if (existsSync(file)) process.loadEnvFile(file);
}

/** Name and meaning of every variable, for .env.example and its test. */
export const variables = Object.entries(environment.shape).map(([name, schema]) => ({
  name,
  description: schema.description ?? "",
}));
