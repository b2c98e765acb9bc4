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

it("a schedule that is ended before anything went out leads back to what was approved", () => {
  expect(moveCampaign("scheduled", "unschedule")).toEqual({ is: "moved", to: "approved" });
  expect(moveCampaign("approved", "unschedule")).toMatchObject({ is: "refused" });
  expect(moveCampaign("done", "approve")).toMatchObject({ is: "refused" });
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

it("what was missed or held waits for a person, who sends it or calls it off", () => {
  expect(["missed", "held"].map((state) => moveRun(state as "missed", "resume"))).toEqual(["sending", "sending"]);
  expect(["missed", "held"].map((state) => moveRun(state as "missed", "cancel"))).toEqual(["cancelling", "cancelling"]);
  expect(moveRun("missed", "pause")).toBeNull();
});
