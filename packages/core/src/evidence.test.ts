import { expect, it } from "vitest";
import { withoutShown } from "./evidence.ts";

const claim = { path: "contents.sms.text", code: "law.cn.evidence", message: "Show it.", got: "销量冠军" };
const source = "Industry report 2025, table 4";

it("evidence clears the claim it was recorded for, wherever the same words stand", () => {
  const findings = [
    { ...claim, severity: "needs_evidence" as const },
    { ...claim, path: "contents.email.subject", severity: "needs_evidence" as const },
  ];
  expect(withoutShown(findings, [{ code: claim.code, got: claim.got, source }])).toEqual([]);
});

it("other words need evidence of their own, and what is blocked stays blocked", () => {
  const other = { ...claim, got: "行业第一", severity: "needs_evidence" as const };
  const recorded = [{ code: claim.code, got: claim.got, source }];
  expect(withoutShown([other, claim], recorded)).toEqual([other, claim]);
});
