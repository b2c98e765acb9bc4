import { describe, expect, it, test } from "vitest";
import { zonedText } from "./local-time.ts";
import { catchUp, nextRuns, type Repeat, readRepeat, readSendAt, repeat } from "./schedule.ts";

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

const daily = (timeZone: string, at: string): Repeat => ({ every: "day", at, timeZone });
const texts = (rule: Repeat, after: string, count: number) =>
  nextRuns(rule, new Date(after), count).map((at) => zonedText(at, rule.timeZone));

describe("a rule that repeats", () => {
  it.each([
    ["every day", daily("Europe/Berlin", "09:00"), ["2027-03-27T09:00:00+01:00", "2027-03-28T09:00:00+02:00"]],
    [
      "on days of the week",
      { every: "week", on: ["monday", "thursday"], at: "18:30", timeZone: "America/New_York" },
      ["2027-03-29T18:30:00-04:00", "2027-04-01T18:30:00-04:00"],
    ],
    [
      "on a day of the month",
      { every: "month", on: 28, at: "00:00", timeZone: "Asia/Tokyo" },
      ["2027-03-28T00:00:00+09:00", "2027-04-28T00:00:00+09:00"],
    ],
    [
      "on the last day of the month",
      { every: "month", on: "last", at: "12:00", timeZone: "UTC" },
      ["2027-03-31T12:00:00+00:00", "2027-04-30T12:00:00+00:00"],
    ],
  ] as [string, Repeat, string[]][])("fires %s, at the time of day of its zone", (_what, rule, expected) => {
    expect(texts(rule, "2027-03-26T12:00:00Z", 2)).toEqual(expected.map((text) => `${text}[${rule.timeZone}]`));
  });

  it("runs at the end of a gap, and in an overlap once, the first time", () => {
    expect(texts(daily("Australia/Lord_Howe", "02:15"), "2026-10-02T20:00:00Z", 2)).toEqual([
      "2026-10-04T02:30:00+11:00[Australia/Lord_Howe]",
      "2026-10-05T02:15:00+11:00[Australia/Lord_Howe]",
    ]);
    expect(texts(daily("Europe/Berlin", "02:30"), "2026-10-24T12:00:00Z", 2)).toEqual([
      "2026-10-25T02:30:00+02:00[Europe/Berlin]",
      "2026-10-26T02:30:00+01:00[Europe/Berlin]",
    ]);
  });

  it("ends with its last day", () => {
    const rule = { ...daily("Europe/London", "09:00"), until: "2027-03-28" };
    expect(texts(rule, "2027-03-27T08:00:00Z", 5)).toHaveLength(2);
    const now = new Date("2027-03-28T08:00:00Z"); // 09:00 in London, which has just put its clocks forward
    expect(readRepeat(rule, now)).toMatchObject({ is: "bad", problems: [{ code: "schedule.over" }] });
  });

  it.each([
    [{ timeZone: "Europe/Londn" }, "timeZone"],
    [{ timeZone: "GMT+2" }, "timeZone"],
    [{ at: "24:00" }, "at"],
    [{ at: "9:00" }, "at"],
    [{ every: "month", on: 31 }, "on"],
    [{ every: "month", on: 0 }, "on"],
    [{ every: "week", on: [] }, "on"],
    [{ every: "week", on: ["monday", "monday"] }, "on"],
    [{ until: "2027-02-31" }, "until"],
    [{ every: "year" }, "every"],
  ])("is refused with %j", (wrong, field) => {
    const read = repeat.safeParse({ every: "day", at: "09:00", timeZone: "UTC", ...wrong });
    expect(read.error?.issues.map((issue) => issue.path[0])).toEqual([field]);
  });
});

describe("a schedule whose moment has come", () => {
  const rule = daily("UTC", "09:00");
  const due = new Date("2027-03-01T09:00:00Z");

  it("fires for it, and knows the next one", () => {
    const now = new Date("2027-03-01T09:00:01Z");
    expect(catchUp(rule, due, now)).toEqual({ firedFor: due, skipped: 0, nextAt: new Date("2027-03-02T09:00:00Z") });
    expect(catchUp(null, due, now)).toEqual({ firedFor: due, skipped: 0, nextAt: null });
  });

  it("fires once for the newest when it slept over several, and says how many it left out", () => {
    const firing = catchUp(rule, due, new Date("2027-03-04T12:00:00Z"));
    expect(firing).toEqual({
      firedFor: new Date("2027-03-04T09:00:00Z"),
      skipped: 3,
      nextAt: new Date("2027-03-05T09:00:00Z"),
    });
  });
});

/** Every kind of change there is: half an hour, an hour, two; at midnight, before it and after; in the morning; never. */
const zones =
  `Africa/Cairo Africa/Casablanca Africa/Johannesburg Africa/Lagos America/Anchorage America/Argentina/Buenos_Aires
  America/Asuncion America/Bogota America/Chicago America/Denver America/Halifax America/Havana America/Los_Angeles
  America/Mexico_City America/New_York America/Nuuk America/Phoenix America/Santiago America/Sao_Paulo America/St_Johns
  Antarctica/Troll Asia/Beirut Asia/Dubai Asia/Gaza Asia/Jerusalem Asia/Kathmandu Asia/Kolkata Asia/Shanghai Asia/Tokyo
  Atlantic/Azores Australia/Adelaide Australia/Lord_Howe Australia/Sydney Europe/Berlin Europe/Dublin Europe/London
  Pacific/Apia Pacific/Auckland Pacific/Chatham Pacific/Easter`.split(/\s+/);

const minuteMs = 60_000;
const days = 3652;
const firstDay = Date.UTC(2026, 0, 1);

test.each(zones.map((zone, index) => [zone, ["02:15", "00:30", "23:30", "01:59", "03:00"][index % 5] ?? ""]))(
  "P-18 in %s, ten years of every day at %s: none skipped, none twice, each at the first minute its clock shows",
  (zone, at) => {
    const swedish = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    const shown = (instant: number) => swedish.format(instant); // 2026-01-01 02:15, and so ordered like the time it shows
    const runs = nextRuns(daily(zone, at), new Date(firstDay - 36 * 3_600_000), days + 2);
    const start = runs.findIndex((run) => shown(run.getTime()).startsWith("2026-01-01"));
    let before = 0;
    for (let day = 0; day < days; day++) {
      const run = runs[start + day]?.getTime() ?? 0;
      const wanted = `${new Date(firstDay + day * 86_400_000).toISOString().slice(0, 10)} ${at}`;
      expect(run).toBeGreaterThan(before);
      const isPlain =
        shown(run) === wanted && shown(run - 1_440 * minuteMs).slice(11) === at && run - before === 1_440 * minuteMs;
      if (!isPlain) expect([wanted, run]).toEqual([wanted, firstMinute(shown, wanted, run)]);
      before = run;
    }
  },
);

/** By looking at the clock in every minute of the hours around. */
function firstMinute(shown: (instant: number) => string, wanted: string, near: number): number {
  let minute = near - 240 * minuteMs;
  while (shown(minute) < wanted) minute += minuteMs;
  return minute;
}
