/** Whether a person may say yes, and to exactly what: the words they saw and the number of people they were shown. */
import { twoPersonThreshold } from "./campaign.ts";
import { type Problem, refusalsIn } from "./problem.ts";
import type { VariantState } from "./variant.ts";

/** What a reviewer looks at: one hash over all words and facts, one counted audience. */
export type Reviewed = { readonly contentHash: string; readonly audienceSize: number };

export type ApprovalCase = {
  /** The person who says yes is the one who made the campaign. */
  readonly isAuthor: boolean;
  readonly seen: Reviewed;
  readonly present: Reviewed;
  readonly variants: readonly {
    readonly path: string;
    readonly state: VariantState;
    readonly findings: readonly Problem[];
  }[];
};

export type ApprovalVerdict =
  | { is: "approved" }
  | { is: "not_ready"; problems: readonly Problem[] }
  | { is: "stale"; problems: readonly Problem[] }
  | { is: "second_person"; threshold: number };

/** First no wins: words that are not there or not sound, then words or people other than those seen, then who asks. */
export function judgeApproval(of: ApprovalCase): ApprovalVerdict {
  const problems = of.variants.flatMap(whatIsMissing);
  if (of.variants.length === 0) problems.push(nothingWritten);
  if (problems.length > 0) return { is: "not_ready", problems };
  const changed = whatHasChanged(of.seen, of.present);
  if (changed.length > 0) return { is: "stale", problems: changed };
  if (of.isAuthor && of.present.audienceSize > twoPersonThreshold)
    return { is: "second_person", threshold: twoPersonThreshold };
  return { is: "approved" };
}

const nothingWritten: Problem = {
  path: "variants",
  code: "variant.none",
  message: "This campaign has no copy yet. Plan it first, then review what was written.",
};

function whatIsMissing(variant: ApprovalCase["variants"][number]): Problem[] {
  if (variant.state === "written")
    return refusalsIn(variant.findings).map((each) => ({ ...each, path: `${variant.path}.${each.path}` }));
  const because = variant.state === "failed" ? "could not be written. Edit or rewrite it." : "is still being written.";
  return [{ path: variant.path, code: `variant.${variant.state}`, message: `This variant ${because}` }];
}

function whatHasChanged(seen: Reviewed, present: Reviewed): Problem[] {
  const problems: Problem[] = [];
  if (seen.contentHash !== present.contentHash)
    problems.push({
      path: "contentHash",
      code: "approval.stale",
      message:
        "The copy is not the one this hash was shown for. Review the variants again and approve the present hash.",
      got: seen.contentHash.slice(0, 80),
    });
  if (seen.audienceSize !== present.audienceSize)
    problems.push({
      path: "audienceSize",
      code: "approval.stale",
      message: `The audience now counts ${present.audienceSize} contacts. Look at the preflight again and approve that number.`,
      got: String(seen.audienceSize),
    });
  return problems;
}
