/** What a worker reads from its environment: once, at start. A bad value stops the start and is named. */
import { accountVariables } from "@chorus/channels/accounts";
import { modelPrices } from "@chorus/core/model-cost";
import { traceVariables } from "@chorus/core/trace-settings";
import { profileNames } from "@chorus/prompts/profiles";
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
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: "an http:// or https:// URL without a path" })
    .transform((url) => url.replace(/\/+$/, ""))
    .describe("how contacts and providers reach the API: the start of every link in a message"),
  CHORUS_KEY: z
    .string({ error: "needed: 32 random bytes in base64, the same as the API's" })
    .refine((text) => Buffer.from(text, "base64").length === 32, "32 bytes in base64, the same as the API's")
    .transform((text) => new Uint8Array(Buffer.from(text, "base64")))
    .describe("the installation's key: seals public ids, links, address hashes and provider accounts"),
  ...accountVariables,
  OPENAI_BASE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("any server that speaks OpenAI's Chat Completions; OpenAI's own when only the key is set"),
  OPENAI_API_KEY: z
    .string()
    .min(1)
    .optional()
    .describe("key of the model server; without key and URL copy is written without a model"),
  OPENAI_MODEL: z.string().min(1).default("gpt-4.1-mini").describe("model that writes"),
  MODEL_PROFILE: z
    .enum(profileNames, { error: `one of ${profileNames.join(", ")}` })
    .default("openai")
    .describe("which kind of server it is: what it takes, and how it is asked for an answer's shape"),
  MODEL_TIMEOUT_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(600) // a call is given up after a quarter of an hour
    .default(90)
    .describe("how long one answer of the model may take"),
  MODEL_PRICES: z
    .string()
    .default("{}")
    .transform((text, context) => {
      const read = modelPrices.safeParse(parsed(text));
      if (read.success) return read.data;
      context.addIssue({ code: "custom", message: 'JSON such as {"gpt-4.1-mini":{"in":0.4,"cached":0.1,"out":1.6}}' });
      return z.NEVER;
    })
    .describe(
      "what a million tokens of each model cost, for budgets; a model without a price may not be used under a cap",
    ),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("least severe log line that is written"),
  WORKER_ALIVE_FILE: z
    .string()
    .min(1)
    .optional()
    .describe("file that is touched with every heartbeat while sending moves, for a healthcheck; none when not set"),
  WORKER_HIGH_WATER_FILE: z
    .string()
    .min(1)
    .optional()
    .describe("file outside the database that remembers how far it had come; none when not set"),
  WORKER_GATE_FOLDER: z
    .string()
    .min(1)
    .optional()
    .describe(
      "folder of this machine where workers note what leaves, so that a dead one's doubts can be told; none when not set",
    ),
  ...traceVariables,
});

export type Config = Omit<z.infer<typeof environment>, "QUEUE_URL"> & { readonly QUEUE_URL: string };

/** Throws an error that names every wrong variable and what it should be; never repeats a value, which may be a secret. */
export function readConfig(from: Readonly<Record<string, string | undefined>>): Config {
  const set = Object.fromEntries(Object.entries(from).filter(([, value]) => value !== ""));
  const read = environment.safeParse(set);
  if (read.success) return { ...read.data, QUEUE_URL: read.data.QUEUE_URL ?? read.data.DATABASE_URL };
  const wrong = read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The worker cannot start with these settings:\n  ${wrong.join("\n  ")}`);
}

/** Name, meaning and whether it is required, for .env.example and its test. */
export const variables = Object.entries(environment.shape).map(([name, schema]) => ({
  name,
  description: schema.description ?? "",
  isRequired: !schema.safeParse(undefined).success,
}));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
