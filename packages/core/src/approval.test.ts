import { describe, expect, it } from "vitest";
import { type ApprovalCase, judgeApproval } from "./approval.ts";
import { twoPersonThreshold } from "./campaign.ts";

const hash = "a".repeat(64);
const sound: ApprovalCase = {
  isAuthor: false,
  seen: { contentHash: hash, audienceSize: 10 },
  present: { contentHash: hash, audienceSize: 10 },
  variants: [{ path: "var_1", state: "written", findings: [] }],
};

describe("an approval", () => {
  it("counts when the words are sound and both words and people are what was seen", () => {
    expect(judgeApproval(sound)).toEqual({ is: "approved" });
  });

  it("is not to be had before anything is written", () => {
    expect(judgeApproval({ ...sound, variants: [] })).toMatchObject({
      is: "not_ready",
      problems: [{ code: "variant.none" }],
    });
  });

  it.each(["waiting", "failed"] as const)("is not to be had while a variant is %s", (state) => {
    const verdict = judgeApproval({ ...sound, variants: [{ path: "var_1", state, findings: [] }] });
    expect(verdict).toMatchObject({ is: "not_ready", problems: [{ path: "var_1", code: `variant.${state}` }] });
  });

  it("lists every finding with the variant it is in", () => {
    const findings = [{ path: "contents.sms.text", code: "field.too_long", message: "Shorten it." }];
    const verdict = judgeApproval({ ...sound, variants: [{ path: "var_1", state: "written", findings }] });
    expect(verdict).toMatchObject({ is: "not_ready", problems: [{ path: "var_1.contents.sms.text" }] });
  });

  it("is not stopped by a warning", () => {
    const findings = [
      { path: "contents.email.subject", code: "field.long", message: "Long.", severity: "warning" as const },
    ];
    expect(judgeApproval({ ...sound, variants: [{ path: "var_1", state: "written", findings }] }).is).toBe("approved");
  });

  it("is stale when the copy or the audience is no longer what was seen, and says which", () => {
    const present = { contentHash: "b".repeat(64), audienceSize: 12 };
    const verdict = judgeApproval({ ...sound, present });
    expect(verdict).toMatchObject({
      is: "stale",
      problems: [{ path: "contentHash" }, { path: "audienceSize", message: expect.stringContaining("12") }],
    });
  });

  it.each([
    [twoPersonThreshold, "approved"],
    [twoPersonThreshold + 1, "second_person"],
  ])("of one's own campaign for %i contacts is %s", (audienceSize, is) => {
    const reviewed = { contentHash: hash, audienceSize };
    expect(judgeApproval({ ...sound, isAuthor: true, seen: reviewed, present: reviewed }).is).toBe(is);
  });
});
