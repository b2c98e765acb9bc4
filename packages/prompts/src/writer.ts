/** The port behind which copy is written: by a model, or by phrases. Whoever asks cannot tell but by the name on the answer. */
import type { AngleName, ToneName } from "@chorus/core/angle";
import type { BrandVoice } from "@chorus/core/brand-voice";
import type { Brief } from "@chorus/core/brief";
import type { Form } from "@chorus/core/channel";
import type { ConsumerProfile } from "@chorus/core/copy";
import type { FactSheet } from "@chorus/core/fact";
import type { Contents, WritingCost } from "@chorus/core/variant";
import type { CallBook } from "./call-book.ts";
import type { CopyPrompt } from "./copy-prompt.ts";

/** Everything a writer is told. No person is in it: a segment's name and description are words of the workspace. */
export type WritingTask = {
  /** `generic`: for people who declined profiling, and everyone else; copy must not claim to know its reader. */
  readonly segment: { readonly name: string; readonly description: string; readonly generic: boolean };
  readonly locale: string;
  readonly angle: AngleName;
  readonly tone: ToneName;
  /** One answer holds the content of each. */
  readonly channels: readonly Form[];
  readonly brief: Brief;
  /** The campaign's facts, then the segment's products: `product_1_name` (text), `product_1_price` (money), link `product_1`. */
  readonly facts: FactSheet;
  readonly voice: BrandVoice;
  /** The campaign message's when not given. */
  readonly prompt?: CopyPrompt | undefined;
  readonly reader?: ConsumerProfile | undefined;
  /** Of a longer piece: what has been planned, and which part of it is wanted. */
  readonly part?: Readonly<Record<string, unknown>> | undefined;
  /** What a person asked for who read the wording before. It is a wish, and states nothing. */
  readonly note?: string | undefined;
};

/**
 * Why there is no copy. truncated: cut off at the token limit twice · refused, filtered: the model or its provider
 * would not · invalid_json, schema, guard: still wrong after the repairs · rate_limited: ask again later ·
 * provider: no usable answer came · budget: a cap has no room for the call.
 */
export type NotWritten =
  | "truncated"
  | "refused"
  | "filtered"
  | "invalid_json"
  | "schema"
  | "guard"
  | "rate_limited"
  | "provider"
  | "budget";

/** What became of one task. Written contents have passed every channel's check and every guard. */
export type Writing =
  | {
      readonly is: "written";
      readonly contents: Contents;
      readonly writer: "openai" | "template";
      /** As the server named it in its answer. */
      readonly model: string;
      readonly promptId: string;
      readonly promptVersion: number;
      readonly cost: WritingCost;
    }
  | {
      readonly is: "not_written";
      readonly outcome: NotWritten;
      readonly detail: string;
      readonly retryAfterMs?: number | undefined;
      /** What was spent all the same; null when no server was asked. */
      readonly cost: WritingCost | null;
    };

export type HowToWrite = {
  readonly signal: AbortSignal;
  /** Where calls are paid for; without one they are not counted. */
  readonly book?: CallBook | undefined;
  /** Raised by whoever asks for other words. Goes along as the seed where a server takes one. */
  readonly nonce?: number | undefined;
};

export type Writer = {
  readonly name: "openai" | "template";
  /** Expected failures are values. An aborted signal ends it soon, as not written. */
  write(task: WritingTask, how: HowToWrite): Promise<Writing>;
};

/** Costs of several calls for one piece of copy; the id is the last one's. Tokens are what servers reported. */
export const addCosts = (first: WritingCost | null, second: WritingCost | null): WritingCost | null =>
  first && second
    ? {
        tokensIn: first.tokensIn + second.tokensIn,
        tokensCached: first.tokensCached + second.tokensCached,
        tokensOut: first.tokensOut + second.tokensOut,
        latencyMs: first.latencyMs + second.latencyMs,
        requestId: second.requestId ?? first.requestId,
      }
    : (first ?? second);
