/**
 * Writes with a model: one call for all channels, and what comes back is checked. What is only too long is shortened field by
 * field, once; anything else that is wrong is given back twice at most.
 */
import { type Problem, refusalsIn } from "@chorus/core/problem";
import type { Contents, WritingCost } from "@chorus/core/variant";
import { type Answer, type AskModel, type OpenAiAccount, openModel } from "./ask-model.ts";
import { type CallBook, throughBook } from "./call-book.ts";
import { summary } from "./check-contents.ts";
import { providerSchema } from "./content-schema.ts";
import { type CopyPrompt, copyInput, repairInput } from "./copy-prompt.ts";
import { extractJson } from "./extract-json.ts";
import { promptOf } from "./prompt-of.ts";
import { type Reading, readAnswer, readContents } from "./read-answer.ts";
import { type LongField, longFields, putShorter, shortenField, shortenSchema } from "./shorten.ts";
import { addCosts, type HowToWrite, type NotWritten, type Writer, type Writing, type WritingTask } from "./writer.ts";

/** One call, for a log. Holds ids and counts, never the prompt or the copy. */
export type CallRecord = {
  readonly promptId: string;
  readonly promptVersion: number;
  readonly model: string;
  readonly outcome: "ok" | NotWritten;
  readonly repair: number;
  /** Codes of what was wrong with the answer. */
  readonly rules: readonly string[];
  readonly cost: WritingCost;
};

export type OpenAiWriterSettings = OpenAiAccount & { readonly log?: ((call: CallRecord) => void) | undefined };

const mostRepairs = 2;
/** More fields than these are too long: the answer as a whole is. */
const mostShortened = 4;
const tokensForOneField = 1_024;
/** Room for an answer: a long mail takes about 500 tokens, and a model may think aloud first. */
const tokensFor = (channels: number): number => 1_024 + 768 * channels;

export async function openOpenAiWriter({ log, ...account }: OpenAiWriterSettings): Promise<Writer> {
  const model = await openModel(account);

  /** What it costs is looked up, and written down, where there is a book. */
  const askFor = (prompt: Pick<CopyPrompt, "id" | "version">, book: CallBook | undefined): AskModel =>
    book ? throughBook(model, { book, prompt: `${prompt.id}@${prompt.version}`, model: account.model }) : model;

  async function write(task: WritingTask, { signal, book, nonce }: HowToWrite): Promise<Writing> {
    const prompt = promptOf(task);
    const { id: promptId, version: promptVersion } = prompt;
    const ask = askFor(prompt, book);
    const first = copyInput(task);
    const schema = { name: promptId, schema: providerSchema(task.channels, { ...task, roles: false }) };
    let input = first;
    let maxTokens = tokensFor(task.channels.length);
    let widened = false;
    let shortened = false;
    let repair = 0;
    let spent: WritingCost | null = null;
    for (;;) {
      const answer = await ask({ messages: prompt.render(input), schema, maxTokens, seed: nonce }, { signal });
      spent = addCosts(spent, answer.cost);
      let end = judge(answer, task);
      const called = { promptId, promptVersion, model: answer.model, repair, cost: answer.cost };
      log?.({ ...called, outcome: outcomeOf(end), rules: rulesOf(end) });
      const long = end.is === "bad" && end.contents ? longFields(end.contents, end.problems, task) : null;
      if (end.is === "bad" && end.contents && long && long.length <= mostShortened && !shortened) {
        shortened = true;
        const shorter = await shorten(end.contents, { long, task, repair, signal, book, nonce });
        spent = addCosts(spent, shorter.cost);
        const read = readContents(shorter.contents, task);
        end = read.is === "bad" ? { ...read, previous: JSON.stringify(shorter.contents) } : read;
      }
      if (end.is === "ok")
        return {
          is: "written",
          contents: end.contents,
          writer: "openai",
          model: answer.model,
          promptId,
          promptVersion,
          cost: spent ?? answer.cost,
        };
      if (end.is === "truncated" && !widened) {
        widened = true;
        maxTokens *= 2;
      } else if (end.is === "bad" && repair < mostRepairs) {
        repair++;
        input = repairInput(first, { previous: end.previous, problems: end.problems });
      } else return notWritten(end, spent);
    }
  }

  /** One call for each field; a server that fails meanwhile leaves the field to be cut. */
  async function shorten(
    contents: Contents,
    how: HowToWrite & { long: readonly LongField[]; task: WritingTask; repair: number },
  ): Promise<{ contents: Contents; cost: WritingCost | null }> {
    const { long, task, repair, signal, nonce } = how;
    const ask = askFor(shortenField, how.book);
    const { id, version } = shortenField;
    const schema = { name: id, schema: shortenSchema };
    let shorter = contents;
    let cost: WritingCost | null = null;
    for (const field of long) {
      const { text, problem, keep } = field;
      const messages = shortenField.render({ locale: task.locale, text, problem, keep: [...keep] });
      const answer = await ask({ messages, schema, maxTokens: tokensForOneField, seed: nonce }, { signal });
      cost = addCosts(cost, answer.cost);
      const read = answer.is === "answered" ? shortenField.output(null).safeParse(extractJson(answer.text)) : null;
      const outcome = answer.is !== "answered" ? answer.is : read?.success ? "ok" : "invalid_json";
      log?.({
        promptId: id,
        promptVersion: version,
        model: answer.model,
        outcome,
        repair,
        rules: [],
        cost: answer.cost,
      });
      shorter = putShorter(shorter, { field, answer: read?.data?.text ?? null }, task);
    }
    return { contents: shorter, cost };
  }

  return { name: "openai", write };
}

type End =
  | Extract<Reading, { is: "ok" | "refused" }>
  | (Extract<Reading, { is: "bad" }> & { previous: string; problems: readonly Problem[] })
  | Exclude<Answer, { is: "answered" }>;

function judge(answer: Answer, task: WritingTask): End {
  if (answer.is !== "answered") return answer;
  const reading = readAnswer(answer.text, task);
  return reading.is === "bad" ? { ...reading, previous: answer.text } : reading;
}

const rulesOf = (end: End): string[] =>
  end.is === "bad" ? [...new Set(refusalsIn(end.problems).map(({ code }) => code))] : [];

function outcomeOf(end: End): "ok" | NotWritten {
  return end.is === "bad" ? end.outcome : end.is;
}

function notWritten(end: Exclude<End, { is: "ok" }>, cost: WritingCost | null): Writing {
  if (end.is === "bad") return { is: "not_written", outcome: end.outcome, detail: summary(end.problems), cost };
  const retryAfterMs = "retryAfterMs" in end ? end.retryAfterMs : undefined;
  return { is: "not_written", outcome: end.is, detail: end.detail, retryAfterMs, cost };
}
