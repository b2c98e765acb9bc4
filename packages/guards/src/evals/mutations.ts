/** Builds the grounding eval: true copies, and the same copies with one slot swapped for a claim. Labels are certain. */
import { factSheet } from "@chorus/core/fact";
import development from "./development.json" with { type: "json" };
import facts from "./facts.json" with { type: "json" };
import heldOut from "./held-out.json" with { type: "json" };

const languages = ["en", "zh"] as const;
type Language = (typeof languages)[number];
export type SwapKind = "price" | "percent" | "date" | "domain" | "mechanic" | "code" | "number";
export type Case = { readonly locale: Language; readonly text: string; readonly swapped: SwapKind | null };

type Round = {
  readonly copies: Readonly<Record<Language, readonly string[]>>;
  readonly swaps: Readonly<Record<Language, Readonly<Record<SwapKind, readonly string[]>>>>;
};
const rounds: Readonly<Record<"development" | "held-out", readonly Round[]>> = {
  development: development.rounds,
  "held-out": heldOut.rounds,
};

const kindOf: Readonly<Record<string, SwapKind>> = {
  "fact:product_1_price": "price",
  "fact:offer": "percent",
  "fact:ends": "date",
  "fact:code": "code",
  "fact:delivery": "mechanic",
  "fact:stock": "number",
  "link:shop": "domain",
};
/** Values tried for each slot of a copy, taken in turn from the pool, so that every value is used. */
const valuesPerSlot = 4;

export const evalFacts = factSheet.parse(facts);

export type EvalSet = { readonly clean: readonly Case[]; readonly mutated: readonly Case[] };

/** "development": what the rules were made on. "held-out": cases written without sight of the rules. */
export function evalSet(name: "development" | "held-out"): EvalSet {
  const sets = rounds[name].map(casesOf);
  return { clean: sets.flatMap((set) => set.clean), mutated: sets.flatMap((set) => set.mutated) };
}

function casesOf({ copies, swaps }: Round): EvalSet {
  const clean = languages.flatMap((locale) => copies[locale].map((text): Case => ({ locale, text, swapped: null })));
  const used = new Map<string, number>();
  const mutated = clean.flatMap(({ locale, text }) =>
    [...text.matchAll(/\{\{([a-z]+:[a-z0-9_]+)\}\}/g)].flatMap((slot) => {
      const swapped = kindOf[slot[1] ?? ""];
      if (!swapped) return [];
      const from = used.get(`${locale}.${swapped}`) ?? 0;
      used.set(`${locale}.${swapped}`, from + valuesPerSlot);
      return take(swaps[locale][swapped], from).map((value): Case => {
        const end = slot.index + slot[0].length;
        return { locale, swapped, text: text.slice(0, slot.index) + value + text.slice(end) };
      });
    }),
  );
  return { clean, mutated };
}

const take = (pool: readonly string[], from: number): string[] =>
  Array.from({ length: valuesPerSlot }, (_each, index) => pool[(from + index) % pool.length] ?? "");
