/** One call of an OpenAI-compatible server, and what became of it: a value for every way in which it can end. */
import type { WritingCost } from "@chorus/core/variant";
import type OpenAI from "openai";
import type { APIError } from "openai";
import { boundedFetch } from "./bounded-fetch.ts";
import type { PromptMessage } from "./define-prompt.ts";
import { readCompletion, readFailure } from "./read-completion.ts";
import type { NotWritten } from "./writer.ts";

export type OpenAiAccount = {
  /** Any server that speaks Chat Completions, such as `http://127.0.0.1:8080/v1`; OpenAI's own when not given. */
  readonly baseUrl?: string | undefined;
  readonly apiKey: string;
  readonly model: string;
  /** For one call, headers and body. 90 s when not given. */
  readonly timeoutMs?: number | undefined;
};

export type Question = {
  readonly messages: readonly PromptMessage[];
  /** With our `role` in it, and without. */
  readonly schema: { readonly name: string; readonly full: object; readonly plain: object };
  readonly maxTokens: number;
};

export type Answer = { readonly model: string; readonly cost: WritingCost } & (
  | { readonly is: "answered"; readonly text: string }
  | { readonly is: NotWritten; readonly detail: string; readonly retryAfterMs?: number | undefined }
);

export type AskModel = (question: Question, how: { signal: AbortSignal }) => Promise<Answer>;

const mostAnswerBytes = 1_000_000;
const usualTimeoutMs = 90_000;
const openAi = "https://api.openai.com/v1";

/** What this server takes, learned from its own 400s and kept, so that each is paid for once. */
type Dialect = {
  format: "schema" | "schema_without_roles" | "object" | "none";
  limit: "max_tokens" | "max_completion_tokens";
};
const nextFormat = {
  schema: "schema_without_roles",
  schema_without_roles: "object",
  object: "none",
  none: null,
} as const;

/** Retries are off: whoever runs the job decides about them. Nothing is read from the environment. */
export async function openModel(account: OpenAiAccount): Promise<AskModel> {
  const sdk = await import("openai"); // here and not at the top: most processes never write
  const timeoutMs = account.timeoutMs ?? usualTimeoutMs;
  const client = new sdk.OpenAI({
    baseURL: account.baseUrl ?? openAi,
    apiKey: account.apiKey,
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: "off",
    fetch: boundedFetch(mostAnswerBytes),
  });
  const dialect: Dialect = { format: "schema", limit: "max_tokens" };

  async function ask(question: Question, signal: AbortSignal): Promise<Answer> {
    const startedAt = performance.now();
    const spent = (requestId: string | null | undefined): WritingCost => ({
      tokensIn: 0,
      tokensCached: 0,
      tokensOut: 0,
      latencyMs: Math.round(performance.now() - startedAt),
      requestId: requestId ?? null,
    });
    for (;;) {
      const used = { ...dialect };
      try {
        const completion = await client.chat.completions.create(bodyFor(question, account.model, used), { signal });
        return readCompletion(completion, { model: account.model, cost: spent(completion._request_id) });
      } catch (error) {
        if (error instanceof sdk.APIError && learnsFrom(error, { used, dialect })) continue;
        const failure = readFailure(error, { sdk, apiKey: account.apiKey, timeoutMs, stopped: signal.aborted });
        const requestId = error instanceof sdk.APIError ? error.requestID : null;
        return { ...failure, model: account.model, cost: spent(requestId) };
      }
    }
  }

  return (question, { signal }) => withOwnSignal(signal, (own) => ask(question, own));
}

/** The SDK leaves a listener behind with every request; a signal that lives as long as the process must not collect them. */
async function withOwnSignal<T>(signal: AbortSignal, run: (own: AbortSignal) => Promise<T>): Promise<T> {
  const own = new AbortController();
  const stop = (): void => own.abort();
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await run(own.signal);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function bodyFor(
  { messages, schema, maxTokens }: Question,
  model: string,
  { format, limit }: Dialect,
): OpenAI.ChatCompletionCreateParamsNonStreaming {
  return { model, messages: [...messages], [limit]: maxTokens, ...responseFormat(format, schema) };
}

function responseFormat(
  format: Dialect["format"],
  { name, full, plain }: Question["schema"],
): Pick<OpenAI.ChatCompletionCreateParamsNonStreaming, "response_format"> {
  const wanted = (schema: object) => ({
    response_format: { type: "json_schema" as const, json_schema: { name, strict: true, schema: { ...schema } } },
  });
  switch (format) {
    case "schema":
      return wanted(full);
    case "schema_without_roles":
      return wanted(plain);
    case "object":
      return { response_format: { type: "json_object" } };
    case "none":
      return {};
  }
}

/** True when the server said which of our parameters it does not take, and there is another way to put it. */
function learnsFrom(error: APIError, { used, dialect }: { used: Dialect; dialect: Dialect }): boolean {
  if (error.status !== 400 && error.status !== 422) return false;
  const complaint = `${error.param ?? ""} ${error.message}`;
  if (/max_completion_tokens/.test(complaint) && used.limit === "max_tokens") {
    dialect.limit = "max_completion_tokens";
    return true;
  }
  const next = nextFormat[used.format];
  if (!/response_?format|json_?(?:schema|object|mode)|schema|grammar|guided|structured/i.test(complaint) || !next)
    return false;
  dialect.format = next;
  return true;
}
