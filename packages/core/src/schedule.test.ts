import { expect, it } from "vitest";
import { readSendAt } from "./schedule.ts";

const now = new Date("2026-11-22T10:00:00Z");

it.each([
  ["now", "2026-11-22T10:00:00.000Z"],
  ["2026-11-22T12:00:00+01:00", "2026-11-22T11:00:00.000Z"],
  ["2026-11-22T09:56:00Z", "2026-11-22T10:00:00.000Z"], // four minutes late is now
])("%s is read as an instant", (text, at) => {
  expect(readSendAt(text, now)).toEqual({ is: "ok", value: new Date(at) });
});

it.each([
  ["2026-11-23T09:00:00", "time.offset_required"],
  ["tomorrow", "time.offset_required"],
  ["", "time.offset_required"],
  ["2026-11-22T09:54:00Z", "time.past"],
  ["2028-01-01T00:00:00Z", "time.too_far"],
])("%j is refused as %s", (text, code) => {
  expect(readSendAt(text, now)).toMatchObject({ is: "bad", problems: [{ code }] });
});
