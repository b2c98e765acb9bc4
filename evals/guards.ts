/** Each guard with the sets it is measured on, and how: alone on any file of the same fields, or on its own. */
import { brandVoice } from "@chorus/core/brand-voice";
import { fact, link } from "@chorus/core/fact";
import { refusalsIn } from "@chorus/core/problem";
import { sector } from "@chorus/core/sector";
import { advertisingLaw } from "@chorus/guards/advertising-law";
import { checkVoice } from "@chorus/guards/brand-voice";
import { grounding } from "@chorus/guards/grounding";
import { type LikenessModel, likeness } from "@chorus/guards/likeness";
import { manipulationModel } from "@chorus/guards/manipulation";
import { personalData } from "@chorus/guards/personal-data";
import { spamModel } from "@chorus/guards/spam";
import { z } from "zod";
import { fitModel, type Labelled } from "./fit.ts";
import { foldsOf } from "./folds.ts";
import { type Figures, figuresOf, type Judged } from "./measure.ts";
import { readRows } from "./rows.ts";

export type GuardResult = Figures & {
  readonly name: string;
  readonly set: string;
  /** F1 that was to be reached, and what reached it; null where nobody has published one. */
  readonly baseline: number | null;
  readonly note: string;
};

export type GuardEval = {
  readonly name: string;
  /** On its own sets. */
  run(of: { seed: number }): GuardResult[];
  /** The shipped guard on any file of the same fields. */
  runOn(file: string): GuardResult[];
};

type LikenessSet = {
  readonly name: string;
  readonly set: string;
  readonly label: string;
  readonly fittedOn: string;
  readonly baseline: number;
  readonly baselineBy: string;
  readonly shipped: LikenessModel;
};

export const likenessSets: readonly LikenessSet[] = [
  {
    name: "manipulation",
    set: "data/guards/dark-patterns.jsonl",
    label: "dark",
    fittedOn: "yamanalab/ec-darkpattern (Apache-2.0), half of it",
    baseline: 0.82,
    baselineBy: "four untuned expressions",
    shipped: manipulationModel,
  },
  {
    name: "spam",
    set: "data/guards/sms-spam.jsonl",
    label: "spam",
    fittedOn: "SMS Spam Collection, T. Almeida and J. Hidalgo, UCI (CC BY 4.0), half of it",
    baseline: 0.942,
    baselineBy: "Bernoulli naive Bayes",
    shipped: spamModel,
  },
];

export const readLabelled = (file: string, label: string): Labelled[] =>
  readRows(file, z.looseObject({ text: z.string(), [label]: z.boolean() })).map((row) => ({
    text: row.text as string,
    isMarked: row[label] === true,
  }));

const folds = 5;

function likenessEval({ name, set, label, fittedOn, baseline, baselineBy, shipped }: LikenessSet): GuardEval {
  return {
    name,
    run({ seed }) {
      const texts = readLabelled(set, label);
      const fold = foldsOf(texts, { folds, seed });
      const judged = Array.from({ length: folds }, (_, no) => {
        const model = fitModel(
          texts.filter((_text, at) => fold[at] !== no),
          { fittedOn },
        );
        return texts.filter((_text, at) => fold[at] === no).map((text) => judge(model, text));
      }).flat();
      const note = `out of fold, ${folds} folds, near-duplicates together, seed ${seed}; baseline: ${baselineBy}`;
      return [{ name, set, ...figuresOf(judged), baseline, note }];
    },
    runOn(file) {
      const judged = readLabelled(file, label).map((text) => judge(shipped, text));
      return [{ name, set: file, ...figuresOf(judged), baseline, note: `the shipped model; baseline: ${baselineBy}` }];
    },
  };
}

const judge = (model: LikenessModel, { text, isMarked }: Labelled): Judged => ({
  isMarked,
  isFlagged: likeness(model, text).score > 0,
});

/** The rules follow the first round; those after it were written without sight of them, and nobody who changes a rule reads the last. */
const rounds = ["", ".second", ".third", ".blind"];

const lawCase = z.looseObject({
  id: z.string().optional(),
  locale: z.string(),
  sector: sector.default("general"),
  text: z.string(),
  outcome: z.enum(["block", "needs_evidence", "allow"]),
});

/** A finding of either kind counts as found; how many got the very outcome is in the note. */
function lawResult(set: string): GuardResult {
  const judged = readRows(set, lawCase).map((row) => {
    const found = advertisingLaw([{ path: "text", text: row.text }], {
      sector: row.sector,
      voice: { brand: "Chorus" },
    });
    const isBlocked = found.some(({ severity }) => severity === undefined);
    const got = isBlocked ? "block" : found.length > 0 ? "needs_evidence" : "allow";
    return { isMarked: row.outcome !== "allow", isFlagged: got !== "allow", isExact: got === row.outcome };
  });
  const exact = judged.filter(({ isExact }) => isExact).length;
  const note = `the very outcome: ${exact} of ${judged.length}`;
  return { name: "advertising_law", set, ...figuresOf(judged), baseline: null, note };
}

const advertisingLawEval: GuardEval = {
  name: "advertising_law",
  run: () => rounds.map((round) => lawResult(`evals/cases/advertising-law${round}.jsonl`)),
  runOn: (file) => [lawResult(file)],
};

const claim = z.looseObject({ kind: z.string(), text: z.string(), wrong: z.array(z.string()) });
const trueCopy = z.looseObject({
  id: z.string(),
  locale: z.string(),
  facts: z.array(fact),
  links: z.array(link),
  text: z.string(),
  claims: z.array(claim),
});

/** Each copy as it is, and once for every wrong value in place of a claim: labels are certain by construction. */
export function mutationsOf(
  file: string,
): { row: z.infer<typeof trueCopy>; text: string; isMarked: boolean; kind: string }[] {
  return readRows(file, trueCopy).flatMap((row) => [
    { row, text: row.text, isMarked: false, kind: "" },
    ...row.claims.flatMap(({ kind, text, wrong }) =>
      wrong.map((value) => ({ row, text: row.text.replace(text, () => value), isMarked: true, kind })),
    ),
  ]);
}

export const isGrounded = ({ row, text }: ReturnType<typeof mutationsOf>[number]): boolean =>
  refusalsIn(
    grounding([{ path: "text", text }], {
      facts: { facts: row.facts, links: row.links },
      voice: { brand: "Chorus" },
      by: "person",
    }),
  ).length === 0;

function factsResult(set: string): GuardResult {
  const judged = mutationsOf(set).map((each) => ({ ...each, isFlagged: !isGrounded(each) }));
  const note = "true copy, and the same with one price, discount, date, address, offer, amount or code swapped";
  return { name: "facts", set, ...figuresOf(judged), baseline: null, note };
}

const factsEval: GuardEval = {
  name: "facts",
  run: () => rounds.map((round) => factsResult(`evals/cases/true-copy${round}.jsonl`)),
  runOn: (file) => [factsResult(file)],
};

const rules = ["banned_word", "must_word_missing", "exclamations", "emojis", "long_sentence", "reading_grade"] as const;
const voiceCase = z.looseObject({
  id: z.string(),
  locale: z.string(),
  voice: brandVoice,
  text: z.string(),
  mutations: z.array(z.strictObject({ breaks: z.enum(rules), was: z.string(), now: z.string() })),
});

/** Copy that sounds right, and once for every way in which it is made not to. Warnings count: that is how a lint speaks. */
export const voiceMutationsOf = (file: string) =>
  readRows(file, voiceCase).flatMap((row) => [
    { row, text: row.text, breaks: null },
    ...row.mutations.map(({ breaks, was, now }) => ({ row, text: row.text.replace(was, () => now), breaks })),
  ]);

export const offVoice = ({ row, text }: ReturnType<typeof voiceMutationsOf>[number]): string[] =>
  checkVoice([{ path: "text", text }], {
    facts: { facts: [], links: [] },
    ...{ locale: row.locale, voice: row.voice },
  }).map(({ code }) => code.replace("voice.", ""));

function voiceResult(set: string): GuardResult {
  const judged = voiceMutationsOf(set).map((each) => {
    const found = offVoice(each);
    const isMarked = each.breaks !== null;
    return { isMarked, isFlagged: found.length > 0, isExact: each.breaks !== null && found.includes(each.breaks) };
  });
  const [exact, marked] = [judged.filter(({ isExact }) => isExact), judged.filter(({ isMarked }) => isMarked)];
  const note = `copy that is on voice, and the same with one thing off; the very rule: ${exact.length} of ${marked.length}`;
  return { name: "brand-voice", set, ...figuresOf(judged), baseline: null, note };
}

const brandVoiceEval: GuardEval = {
  name: "brand-voice",
  run: () => ["", ".blind"].map((round) => voiceResult(`evals/cases/brand-voice${round}.jsonl`)),
  runOn: (file) => [voiceResult(file)],
};

const personalRow = z.looseObject({
  text: z.string(),
  spans: z.array(z.looseObject({ type: z.string(), start: z.number(), end: z.number() })),
});

/** The kinds with a form of their own; names and places are kept out by structure, and not looked for. */
const kindOf: Readonly<Record<string, string>> = {
  ...{ EMAIL_ADDRESS: "email", PHONE_NUMBER: "phone", CREDIT_CARD: "card", IBAN_CODE: "iban" },
  ...{ US_SSN: "us_ssn", IP_ADDRESS: "ip" },
};

/** Each span of a kind that has a form is one row that must be found; each find outside every span is a false alarm. */
function personalResult(set: string): GuardResult {
  const judged = readRows(set, personalRow).flatMap(({ text, spans }): Judged[] => {
    const found = personalData(text);
    const covers = (span: { start: number; end: number }) =>
      found.some(({ from, to }) => from < span.end && span.start < to);
    const marked = spans
      .filter(({ type }) => kindOf[type])
      .map((span) => ({ isMarked: true, isFlagged: covers(span) }));
    const outside = found.filter(({ from, to }) => !spans.some(({ start, end }) => from < end && start < to));
    if (marked.length + outside.length === 0) return [{ isMarked: false, isFlagged: false }];
    return [...marked, ...outside.map(() => ({ isMarked: false, isFlagged: true }))];
  });
  const note = `spans of ${Object.values(kindOf).join(", ")}; baseline: expressions, Luhn and a library for phone numbers`;
  return { name: "personal_data", set, ...figuresOf(judged), baseline: 0.99, note };
}

const personalDataEval: GuardEval = {
  name: "personal_data",
  run: () => [personalResult("data/guards/personal-data.jsonl")],
  runOn: (file) => [personalResult(file)],
};

export const guardEvals: readonly GuardEval[] = [
  factsEval,
  advertisingLawEval,
  brandVoiceEval,
  ...likenessSets.map(likenessEval),
  personalDataEval,
];
