/** What an answer or an error of the SDK means, as a value. An error that is none of these is nobody's plan, and thrown. */
import type { WritingCost } from "@chorus/core/variant";
import type { APIConnectionError } from "openai";
import { z } from "zod";
import type { Answer } from "./ask-model.ts";

/** An answer to which only what was sent is to be added. */
type Completed = WithoutParameters<Answer>;
type WithoutParameters<Each> = Each extends unknown ? Omit<Each, "parameters"> : never;

/** Compatible servers leave out what they like; a body that is no JSON reaches us as a text. */
const completionShape = z.object({
  model: z.string().optional().catch(undefined),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
});
/** A server may say what it likes; what is no count is none. */
const tokenCount = z.int().min(0).max(1_000_000_000).catch(0);
const usageShape = z.object({
  usage: z.object({
    prompt_tokens: tokenCount,
    completion_tokens: tokenCount,
    prompt_tokens_details: z.object({ cached_tokens: tokenCount }).nullish().catch(null),
  }),
});

export function readCompletion(completion: unknown, of: { model: string; cost: WritingCost }): Completed {
  const { data: counted } = usageShape.safeParse(completion);
  const cost = counted ? { ...of.cost, ...tokensIn(counted.usage) } : of.cost;
  const { data } = completionShape.safeParse(completion);
  const choice = data?.choices[0];
  if (!choice) return { is: "provider", detail: "The answer holds no choice.", model: of.model, cost };
  const from = { model: data?.model || of.model, cost };
  const { content, refusal } = choice.message;
  if (refusal) return { is: "refused", detail: refusal.slice(0, 200), ...from };
  if (choice.finish_reason === "content_filter")
    return { is: "filtered", detail: "The provider's filter withheld the answer.", ...from };
  if (choice.finish_reason === "length")
    return { is: "truncated", detail: "The answer was cut off at the token limit.", ...from };
  return { is: "answered", text: content ?? "", ...from };
}

const tokensIn = (usage: z.infer<typeof usageShape>["usage"]) => ({
  tokensIn: usage.prompt_tokens,
  tokensCached: usage.prompt_tokens_details?.cached_tokens ?? 0,
  tokensOut: usage.completion_tokens,
});

/** As loaded by whoever asks: this file would else load it for those who never do. */
type Sdk = typeof import("openai");
type Failure = { is: "rate_limited" | "provider"; detail: string; retryAfterMs?: number | undefined };

export function readFailure(
  error: unknown,
  { sdk, apiKey, timeoutMs, stopped }: { sdk: Sdk; apiKey: string; timeoutMs: number; stopped: boolean },
): Failure {
  if (stopped || error instanceof sdk.APIUserAbortError)
    return { is: "provider", detail: "Stopped before it answered." };
  if (error instanceof sdk.APIConnectionTimeoutError)
    return { is: "provider", detail: `No answer within ${timeoutMs / 1000} s.` };
  if (error instanceof sdk.APIConnectionError)
    return { is: "provider", detail: clean(`No connection: ${reasonOf(error)}`, apiKey) };
  if (error instanceof sdk.APIError) {
    const detail = clean(error.message, apiKey);
    return error.status === 429 && error.code !== "insufficient_quota"
      ? { is: "rate_limited", detail, retryAfterMs: retryAfterMs(error.headers) }
      : { is: "provider", detail };
  }
  if (error instanceof SyntaxError) return { is: "provider", detail: "The answer is not JSON." };
  throw error;
}

const reasonOf = (error: APIConnectionError): string => {
  const { cause } = error;
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message : error.message;
};

/** Servers have been seen to repeat the key in their answer. */
const clean = (detail: string, apiKey: string): string =>
  (apiKey.length > 3 ? detail.replaceAll(apiKey, "[key]") : detail).slice(0, 300);

/** `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110 §10.2.3). */
function retryAfterMs(headers: Headers | undefined): number | undefined {
  const exact = Number(headers?.get("retry-after-ms") ?? Number.NaN);
  if (exact >= 0) return exact;
  const after = headers?.get("retry-after");
  if (!after) return undefined;
  const seconds = Number(after);
  const ms = Number.isNaN(seconds) ? Date.parse(after) - Date.now() : seconds * 1000;
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : undefined;
}
