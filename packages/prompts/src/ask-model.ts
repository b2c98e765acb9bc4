/** One call of an OpenAI-compatible server, and what became of it: a value for every way in which it can end. */
import type { WritingCost } from "@chorus/core/variant";
import { boundedFetch } from "./bounded-fetch.ts";
import type { PromptMessage } from "./define-prompt.ts";
import { bodyOf, type CallParameters, dialectOf, learn, parametersOf, turnLimit } from "./dialect.ts";
import { type ProfileName, profiles } from "./profiles.ts";
import { readCompletion, readFailure } from "./read-completion.ts";
import type { NotWritten } from "./writer.ts";

export type OpenAiAccount = {
  /** Any server that speaks Chat Completions, such as `http://127.0.0.1:8080/v1`; OpenAI's own when not given. */
  readonly baseUrl?: string | undefined;
  readonly apiKey: string;
  readonly model: string;
  /** Which kind of server it is; OpenAI's own when not given. */
  readonly profile?: ProfileName | undefined;
  /** For one call, headers and body. 90 s when not given. */
  readonly timeoutMs?: number | undefined;
};

export type Question = {
  readonly messages: readonly PromptMessage[];
  readonly schema: { readonly name: string; readonly schema: object };
  readonly maxTokens: number;
  /** The same again may be answered alike, and another otherwise. */
  readonly seed?: number | undefined;
};

export type Answer = { readonly model: string; readonly cost: WritingCost; readonly parameters: CallParameters } & (
  | { readonly is: "answered"; readonly text: string }
  | { readonly is: NotWritten; readonly detail: string; readonly retryAfterMs?: number | undefined }
);

export type AskModel = (question: Question, how: { signal: AbortSignal }) => Promise<Answer>;

const mostAnswerBytes = 1_000_000;
const usualTimeoutMs = 90_000;
const openAi = "https://api.openai.com/v1";

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
  const { model } = account;
  const profile = profiles[account.profile ?? "openai"];
  let dialect = dialectOf(profile);

  async function ask(question: Question, signal: AbortSignal): Promise<Answer> {
    const startedAt = performance.now();
    const spent = (requestId: string | null | undefined): WritingCost => ({
      tokensIn: 0,
      tokensCached: 0,
      tokensOut: 0,
      latencyMs: Math.round(performance.now() - startedAt),
      requestId: requestId ?? null,
    });
    for (let used = dialect; ; ) {
      const body = bodyOf(question, { model, profile, dialect: used });
      const parameters = parametersOf(body);
      try {
        const completion = await client.chat.completions.create(body, { signal });
        const answer = readCompletion(completion, { model, cost: spent(completion._request_id) });
        if (answer.cost.tokensOut > question.maxTokens) dialect = turnLimit(used);
        return { ...answer, parameters };
      } catch (error) {
        const other = error instanceof sdk.APIError ? learn(used, error) : null;
        if (other) {
          used = other;
          dialect = other;
          continue;
        }
        const failure = readFailure(error, { sdk, apiKey: account.apiKey, timeoutMs, stopped: signal.aborted });
        const requestId = error instanceof sdk.APIError ? error.requestID : null;
        return { ...failure, model, cost: spent(requestId), parameters };
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
