import { expect, test } from "vitest";
import { nearestOf } from "./nearest.ts";

const known = ["schedule_at", "name", "description", "url"];

test.each([
  ["shedule_at", "schedule_at"],
  ["scheduleAt", "schedule_at"],
  ["desciption", "description"],
  ["Name", "name"],
  ["nmae", null],
  ["audience", null],
  ["", null],
])("%j is near %j", (name, nearest) => {
  expect(nearestOf(name, known)).toBe(nearest);
});
