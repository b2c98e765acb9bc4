/** What shows a claim that may only be made by whoever can show it. Bound to the rule and to the very words. */
import { z } from "zod";
import type { Problem } from "./problem.ts";

export const evidence = z.strictObject({
  code: z.string().min(1).max(80).describe("the finding's"),
  got: z.string().min(1).max(300).describe("the finding's own words"),
  source: z
    .string()
    .trim()
    .min(10)
    .max(1_000)
    .describe("where it can be looked up: a report with its date, a certificate's number, a page"),
});
export type Evidence = z.infer<typeof evidence>;

/** What has not been shown yet, and everything that no evidence could mend. */
export const withoutShown = (findings: readonly Problem[], shown: readonly Evidence[]): Problem[] =>
  findings.filter((finding) => !isShown(finding, shown));

const isShown = ({ severity, code, got }: Problem, shown: readonly Evidence[]): boolean =>
  severity === "needs_evidence" && shown.some((each) => each.code === code && each.got === got);
