/** A rule of advertising law as data. Patterns are regular expressions over disguises undone (see disguise.ts), so they hold plain words. */
import type { Sector } from "@chorus/core/sector";

/** What stands around a find in its own sentence; `anywhere` looks at the whole text. All that are given must fit. */
export type Around = {
  readonly before?: string;
  readonly after?: string;
  readonly anywhere?: string;
  /** Which words of the rule this is about; all of them when not given. */
  readonly of?: string;
};

export type LawRule = {
  /** Stable, and a finding's code: `law.cn.superlative`. */
  readonly code: `law.${"cn" | "us"}.${string}`;
  /** Where the law says it: `Advertising Law, Art. 9 (3)`. */
  readonly article: string;
  /** `needs_evidence`: may be said by whoever can show it. */
  readonly outcome: "block" | "needs_evidence";
  readonly find: readonly string[];
  /** Capitals tell names from words: a pattern that looks for names is not read in both cases. */
  readonly isCased?: true;
  /** Only of these things; of all when not given. */
  readonly sectors?: readonly Sector[];
  /** Only where one of these stands around it. */
  readonly onlyIf?: readonly Around[];
  /** The same words where the law lets them stand. */
  readonly unless?: readonly Around[];
  /** A block becomes a matter of evidence. */
  readonly provable?: readonly Around[];
  /** Evidence becomes a block: the text itself shows that it cannot be so. */
  readonly refuted?: readonly Around[];
  /** What is wrong with it, after the words: `claims what nobody can show`. */
  readonly why: string;
  /** What would satisfy it. */
  readonly instead: string;
};

export type Lexicon = {
  /** Where it was taken from, and when it was last compared. */
  readonly source: string;
  readonly checkedOn: string;
  readonly rules: readonly LawRule[];
};
