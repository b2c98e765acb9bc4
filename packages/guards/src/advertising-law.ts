/** Holds copy against advertising law: what may not be said of the product at all, and what only whoever can show it may say. */
import type { BrandVoice } from "@chorus/core/brand-voice";
import type { Problem } from "@chorus/core/problem";
import type { Sector } from "@chorus/core/sector";
import type { CopyText } from "./copy-text.ts";
import { undisguise } from "./disguise.ts";
import { outsideSlots } from "./fold.ts";
import type { Around, LawRule, Lexicon } from "./law-rule.ts";
import { chinaAdvertisingLaw } from "./lexicons/china-advertising-law.ts";
import { usAdvertisingLaw } from "./lexicons/us-advertising-law.ts";

type Said = {
  readonly sector: Sector;
  readonly voice: Pick<BrandVoice, "brand">;
};

/** Words say by themselves which law is theirs, so every copy is held against all of them. */
const lexicons: readonly Lexicon[] = [chinaAdvertisingLaw, usAdvertisingLaw];

type Place = { readonly text: string; readonly from: number; readonly to: number };
type Compiled = Pick<LawRule, "code" | "article" | "outcome" | "why" | "instead"> & {
  readonly sectors: readonly Sector[] | null;
  readonly patterns: readonly RegExp[];
  /** Null: none of that kind was given. */
  readonly isExempt: ((at: Place) => boolean) | null;
  readonly isMeant: ((at: Place) => boolean) | null;
  readonly isProvable: ((at: Place) => boolean) | null;
  readonly isRefuted: ((at: Place) => boolean) | null;
};

const compiled: readonly Compiled[] = lexicons.flatMap(({ rules }) =>
  rules.map(({ find, isCased, sectors = null, unless, onlyIf, provable, refuted, ...rule }) => ({
    ...rule,
    sectors,
    patterns: find.map((source) => new RegExp(source, isCased ? "gu" : "giu")),
    isExempt: anyOf(unless),
    isMeant: anyOf(onlyIf),
    isProvable: anyOf(provable),
    isRefuted: anyOf(refuted),
  })),
);

/** Findings that need evidence say so by their severity. Names are exempt: the brand's own, and whatever stands in a slot. */
export function advertisingLaw(texts: readonly CopyText[], said: Said): Problem[] {
  return texts.flatMap(({ path, text }) => {
    const plain = undisguise(outsideSlots(text, { figures: new Set(), names: [said.voice.brand] }));
    const found = compiled
      .filter(({ sectors }) => sectors === null || sectors.includes(said.sector))
      .flatMap((rule) => findsOf(rule, plain.text));
    return strictest(found).map(({ rule, from, to, outcome }): Problem => {
      const got = text.slice(...plain.place(from, to));
      const message = `"${got}" ${rule.why} (${rule.article}): ${rule.instead}.`;
      const severity = outcome === "needs_evidence" ? { severity: outcome } : {};
      return { path, code: rule.code, message, got, ...severity };
    });
  });
}

type Find = {
  readonly rule: Compiled;
  readonly from: number;
  readonly to: number;
  readonly outcome: LawRule["outcome"];
};

function findsOf(rule: Compiled, text: string): Find[] {
  return rule.patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap((found): Find[] => {
      const at = { text, from: found.index, to: found.index + found[0].length };
      if (at.from === at.to || rule.isExempt?.(at) || rule.isMeant?.(at) === false) return [];
      const outcome = rule.isRefuted?.(at) ? "block" : rule.isProvable?.(at) ? "needs_evidence" : rule.outcome;
      return [{ rule, from: at.from, to: at.to, outcome }];
    }),
  );
}

function anyOf(arounds: readonly Around[] | undefined): ((at: Place) => boolean) | null {
  if (!arounds) return null;
  const tests = arounds.map(testOf);
  return (at) => tests.some((test) => test(at));
}

const sentenceEnd = /[。!?;\n]/u;

function testOf({ before, after, anywhere, of }: Around): (at: Place) => boolean {
  const [itself, whole] = [of, anywhere].map((source) => (source ? new RegExp(source, "iu") : null));
  const ahead = before ? new RegExp(`(?:${before})$`, "iu") : null;
  const behind = after ? new RegExp(`^(?:${after})`, "iu") : null;
  return ({ text, from, to }) =>
    (!itself || itself.test(text.slice(from, to))) &&
    (!whole || whole.test(text)) &&
    (!ahead || ahead.test(text.slice(0, from).split(sentenceEnd).at(-1) ?? "")) &&
    (!behind || behind.test(text.slice(to).split(sentenceEnd)[0] ?? ""));
}

/** Of finds that lie over each other the strictest is told, and of equals the longest. */
function strictest(found: readonly Find[]): Find[] {
  const order = [...found].sort(
    (a, b) =>
      Number(b.outcome === "block") - Number(a.outcome === "block") ||
      b.to - b.from - (a.to - a.from) ||
      a.from - b.from,
  );
  const told: Find[] = [];
  for (const find of order) if (!told.some((other) => find.from < other.to && other.from < find.to)) told.push(find);
  return told.sort((a, b) => a.from - b.from);
}
