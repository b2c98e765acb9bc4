/** The port behind which calls of a model are paid for: room is taken before a call, and what was answered is not paid for twice. */
import { tokensOf } from "@chorus/core/model-cost";
import { contentHash, type WritingCost } from "@chorus/core/variant";
import type { Answer, AskModel, Question } from "./ask-model.ts";
import type { CallParameters } from "./dialect.ts";
import type { NotWritten } from "./writer.ts";

export type CallToOpen = {
  /** Over everything that the answer depends on but who asks. */
  readonly key: string;
  /** `campaign_message@3`. */
  readonly prompt: string;
  readonly model: string;
  /** More than the call can take. */
  readonly tokens: { readonly in: number; readonly out: number };
};

export type CallEnd = {
  readonly outcome: "answered" | NotWritten;
  readonly model: string;
  readonly text: string | null;
  /** What was asked for beside the words. */
  readonly parameters: CallParameters;
  /** Null: nobody knows what it cost, and all that was reserved counts as spent. */
  readonly cost: WritingCost | null;
};

/** "known": the same was asked before. "over": a cap has no room, and which. "busy": too many calls in this minute. */
export type OpenedCall =
  | { readonly is: "known"; readonly model: string; readonly text: string }
  | { readonly is: "open"; settle(end: CallEnd): Promise<void> }
  | { readonly is: "over"; readonly detail: string }
  | { readonly is: "busy"; readonly retryAfterMs: number };

export type CallBook = { open(call: CallToOpen): Promise<OpenedCall> };

const nothingSpent: WritingCost = { tokensIn: 0, tokensCached: 0, tokensOut: 0, latencyMs: 0, requestId: null };

/** Asks through the book. A call that the process does not live to settle stays open there, and counts as spent. */
export function throughBook(ask: AskModel, by: { book: CallBook; prompt: string; model: string }): AskModel {
  return async (question, how) => {
    const opened = await by.book.open(callOf(question, by));
    const from = { model: by.model, cost: nothingSpent, parameters: {} };
    switch (opened.is) {
      case "known":
        return { is: "answered", text: opened.text, ...from, model: opened.model };
      case "over":
        return { is: "budget", detail: opened.detail, ...from };
      case "busy":
        return {
          is: "rate_limited",
          detail: "As many calls as a minute may have.",
          retryAfterMs: opened.retryAfterMs,
          ...from,
        };
      case "open": {
        const answer = await ask(question, how);
        await opened.settle(endOf(answer));
        return answer;
      }
    }
  };
}

const callOf = (
  { messages, schema, maxTokens }: Question,
  { prompt, model }: { prompt: string; model: string },
): CallToOpen => ({
  key: contentHash({ messages, schema: schema.schema, maxTokens, prompt, model }),
  ...{ prompt, model },
  tokens: { in: tokensOf(JSON.stringify([messages, schema.schema])), out: maxTokens },
});

/** A server that said it would not is not paid; one that broke off may have worked, and be. */
function endOf(answer: Answer): CallEnd {
  const isCounted = answer.cost.tokensIn + answer.cost.tokensOut > 0;
  const cost = isCounted || answer.is === "rate_limited" ? answer.cost : null;
  const { model, parameters } = answer;
  return { outcome: answer.is, model, text: answer.is === "answered" ? answer.text : null, parameters, cost };
}
