/** What a model writes for the fixed briefs, through the very writer that campaigns use: what may stand, after how much, and why not. */
import { costOf, type ModelPrice } from "@chorus/core/model-cost";
import type { Contents } from "@chorus/core/variant";
import { textsOf } from "@chorus/guards/check-copy";
import { nearDuplicates } from "@chorus/guards/near-duplicates";
import type { OpenAiAccount } from "@chorus/prompts/ask-model";
import { type CallRecord, openOpenAiWriter } from "@chorus/prompts/openai-writer";
import { templateWriter } from "@chorus/prompts/template-writer";
import type { NotWritten } from "@chorus/prompts/writer";
import type { FixedBrief } from "./briefs.ts";

export type WriterFigures = {
  readonly briefs: number;
  readonly validAtFirstTry: number;
  /** Only too long somewhere, and shortened. */
  readonly validAfterShortening: number;
  readonly validAfterRepair: number;
  /** By what became of the last call; guard: a rule holds it still. */
  readonly notWritten: Readonly<Partial<Record<NotWritten, number>>>;
  /** How many answers each rule held, repaired later or not. */
  readonly heldByRule: Readonly<Record<string, number>>;
  /** Pairs of one language that read as good as the same. */
  readonly nearDuplicates: number;
  readonly calls: number;
  readonly tokens: { readonly in: number; readonly cached: number; readonly out: number };
  /** In micros of the price's currency; null without a price. */
  readonly cost: number | null;
  /** Of a call. */
  readonly latencyMs: { readonly p50: number; readonly p99: number };
};

export type WriterRun = {
  /** As the server named itself. */
  readonly models: readonly string[];
  readonly all: WriterFigures;
  readonly byLanguage: Readonly<Record<string, WriterFigures>>;
};

type Written = {
  readonly brief: FixedBrief;
  readonly contents: Contents | null;
  readonly outcome: "ok" | NotWritten;
  readonly calls: readonly CallRecord[];
};

export type Measuring = {
  readonly account: OpenAiAccount;
  readonly briefs: readonly FixedBrief[];
  readonly price?: ModelPrice | undefined;
  /** Briefs that are written at the same time. */
  readonly atOnce?: number | undefined;
  readonly signal: AbortSignal;
  /** Hears how many are done. */
  readonly onWritten?: ((count: number) => void) | undefined;
};

export async function measureWriter(of: Measuring): Promise<WriterRun> {
  const waiting = [...of.briefs];
  const written: Written[] = [];
  const hand = async (): Promise<void> => {
    let calls: CallRecord[] = [];
    const writer = await openOpenAiWriter({ ...of.account, log: (call) => calls.push(call) });
    for (let brief = waiting.shift(); brief && !of.signal.aborted; brief = waiting.shift()) {
      calls = [];
      const writing = await writer.write(brief.task, { signal: of.signal });
      const contents = writing.is === "written" ? writing.contents : null;
      written.push({ brief, contents, outcome: writing.is === "written" ? "ok" : writing.outcome, calls });
      of.onWritten?.(written.length);
    }
  };
  for (const { task } of of.briefs.slice(0, 1)) await templateWriter.write(task, of); // loads what checks need: no call's time holds it
  await Promise.all(Array.from({ length: of.atOnce ?? 4 }, hand));
  const languages = [...new Set(written.map(languageOf))].sort();
  return {
    models: [...new Set(written.flatMap(({ calls }) => calls.map(({ model }) => model)))].sort(),
    all: figuresOf(written, of.price),
    byLanguage: Object.fromEntries(
      languages.map((language) => [
        language,
        figuresOf(
          written.filter((each) => languageOf(each) === language),
          of.price,
        ),
      ]),
    ),
  };
}

const languageOf = ({ brief }: Written): string => brief.task.locale.slice(0, 2);

function figuresOf(written: readonly Written[], price: ModelPrice | undefined): WriterFigures {
  const calls = written.flatMap((each) => each.calls);
  const valid = written.filter(({ outcome }) => outcome === "ok");
  const first = valid.filter((each) => each.calls.length === 1).length;
  const shortened = valid.filter(
    (each) =>
      each.calls.length > 1 && each.calls.filter(({ promptId }) => promptId === "campaign_message").length === 1,
  ).length;
  const sum = (pick: (call: CallRecord) => number): number => calls.reduce((total, call) => total + pick(call), 0);
  const tokens = {
    in: sum(({ cost }) => cost.tokensIn),
    cached: sum(({ cost }) => cost.tokensCached),
    out: sum(({ cost }) => cost.tokensOut),
  };
  const latencies = calls.map(({ cost }) => cost.latencyMs).sort((a, b) => a - b);
  return {
    briefs: written.length,
    validAtFirstTry: first,
    validAfterShortening: shortened,
    validAfterRepair: valid.length - first - shortened,
    notWritten: countsOf(written.flatMap(({ outcome }) => (outcome === "ok" ? [] : [outcome]))),
    heldByRule: countsOf(calls.flatMap(({ rules }) => rules)),
    nearDuplicates: pairsAlike(valid),
    calls: calls.length,
    tokens,
    cost: price ? costOf(tokens, price) : null,
    latencyMs: { p50: rank(latencies, 0.5), p99: rank(latencies, 0.99) },
  };
}

/** Most frequent first. */
function countsOf<Name extends string>(names: readonly Name[]): Record<Name, number> {
  const counts = new Map<Name, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a)) as Record<Name, number>;
}

function pairsAlike(written: readonly Written[]): number {
  const all = written.map((each) => ({ language: languageOf(each), texts: textsOf(each.contents ?? {}) }));
  return nearDuplicates(all, (one, other) => one.language === other.language).length;
}

/** By nearest rank; 0 of nothing. */
const rank = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
