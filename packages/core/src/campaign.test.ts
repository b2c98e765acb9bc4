import { expect, it } from "vitest";
import { moveCampaign } from "./campaign.ts";
import { moveRun } from "./run.ts";

it("a campaign is written, reviewed, approved and only then scheduled", () => {
  expect(moveCampaign("draft", "plan")).toEqual({ is: "moved", to: "writing" });
  expect(moveCampaign("in_review", "approve")).toEqual({ is: "moved", to: "approved" });
  expect(moveCampaign("approved", "schedule")).toEqual({ is: "moved", to: "scheduled" });
});

it("an edit of approved copy asks for a new approval, and scheduled copy cannot be edited", () => {
  expect(moveCampaign("approved", "edit_copy")).toEqual({ is: "moved", to: "in_review" });
  expect(moveCampaign("scheduled", "edit_copy")).toMatchObject({ is: "refused" });
});

it("what cannot be done says where it could be", () => {
  expect(moveCampaign("draft", "schedule")).toEqual({
    is: "refused",
    because: "A campaign can schedule only while it is approved, scheduled; this one is draft.",
  });
});

it("pausing twice is no error, and a finished run stays finished", () => {
  expect(moveRun("paused", "pause")).toBe("paused");
  expect(moveRun("finished", "resume")).toBeNull();
  expect(moveRun("cancelling", "resume")).toBeNull();
});
