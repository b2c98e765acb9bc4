/** How a question is put to one server: as its profile says, and as its own 400s teach, so that each is paid for once. */
import { contentHash } from "@chorus/core/variant";
import type OpenAI from "openai";
import type { Question } from "./ask-model.ts";
import type { Profile } from "./profiles.ts";

type Leavable = "temperature" | "seed" | "prompt_cache_key";

export type Dialect = {
  readonly shape: Profile["shape"] | "none";
  readonly limit: Profile["limit"];
  /** Whether the limit has been put the other way already: a server that minds both is not asked in turns. */
  readonly limitTurned: boolean;
  readonly leftOut: readonly Leavable[];
};

/** What was asked for beside the words, as it was sent. */
export type CallParameters = Readonly<Record<string, string | number>>;

export const dialectOf = ({ shape, limit }: Profile): Dialect => ({ shape, limit, limitTurned: false, leftOut: [] });

type Body = OpenAI.ChatCompletionCreateParamsNonStreaming;

export function bodyOf(question: Question, by: { model: string; profile: Profile; dialect: Dialect }): Body {
  const { messages, schema, maxTokens, seed } = question;
  const { profile, dialect } = by;
  const leavable: Readonly<Record<Leavable, number | string | null | undefined>> = {
    temperature: profile.temperature,
    seed: profile.seed ? seed : null,
    prompt_cache_key: profile.cacheKey ? contentHash(messages[0]).slice(0, 32) : null,
  };
  const given = Object.entries(leavable).filter(
    ([name, value]) => value !== null && value !== undefined && !dialect.leftOut.includes(name as Leavable),
  );
  return {
    model: by.model,
    messages: [...messages],
    [dialect.limit]: maxTokens,
    ...Object.fromEntries(given),
    ...responseFormat(dialect.shape, schema),
  };
}

function responseFormat(shape: Dialect["shape"], { name, schema }: Question["schema"]): Pick<Body, "response_format"> {
  switch (shape) {
    case "json_schema":
      return {
        response_format: { type: "json_schema", json_schema: { name, strict: true, schema: { ...schema } } },
      };
    case "json_object":
      return { response_format: { type: "json_object" } };
    case "none":
      return {};
  }
}

export const parametersOf = ({ response_format, ...body }: Body): CallParameters => ({
  ...Object.fromEntries(Object.entries(body).filter(([, value]) => ["string", "number"].includes(typeof value))),
  ...(response_format ? { response_format: response_format.type } : {}),
});

/** The limit put the other way: for a server that minds it, and for one that did not hear it and wrote on. Once. */
export const turnLimit = (used: Dialect): Dialect =>
  used.limitTurned
    ? used
    : { ...used, limit: used.limit === "max_tokens" ? "max_completion_tokens" : "max_tokens", limitTurned: true };

const nextShape = { json_schema: "json_object", json_object: "none", none: null } as const;
const leavable: readonly Leavable[] = ["temperature", "seed", "prompt_cache_key"];

/** Another way to put it, when the server said which of our parameters it does not take; null when nothing is left to try. */
export function learn(
  used: Dialect,
  refusal: { readonly status: number | undefined; readonly param: string | null | undefined; readonly message: string },
): Dialect | null {
  if (refusal.status !== 400 && refusal.status !== 422) return null;
  const complaint = `${refusal.param ?? ""} ${refusal.message}`;
  const minded = leavable.find((name) => complaint.includes(name) && !used.leftOut.includes(name));
  if (minded) return { ...used, leftOut: [...used.leftOut, minded] };
  if (/max_(?:completion_)?tokens/.test(complaint) && !used.limitTurned) return turnLimit(used);
  const next = nextShape[used.shape];
  return next && /response_?format|json_?(?:schema|object|mode)|schema|grammar|guided|structured/i.test(complaint)
    ? { ...used, shape: next }
    : null;
}
