/** When a campaign goes out: once, said with an offset, or again and again by the clock of a zone; and how late is too late. */
import { z } from "zod";
import { dayMs, openZone } from "./local-time.ts";
import { isTimeZone } from "./permission.ts";
import type { Checked } from "./problem.ts";
import { bad, ok } from "./problem.ts";

const pastToleranceMs = 5 * 60_000;
const furthestMs = 400 * dayMs;

/** Reads "now" or an instant with offset, relative to the database's clock. */
export function readSendAt(text: string, now: Date): Checked<Date> {
  if (text === "now") return ok(now);
  if (!/(?:Z|[+-]\d{2}:\d{2})$/.test(text) || Number.isNaN(Date.parse(text)))
    return bad({
      path: "at",
      code: "time.offset_required",
      message: 'Give the instant with its offset, as in 2027-03-01T09:00:00+01:00, or "now".',
      got: text,
    });
  const at = new Date(text);
  const ahead = at.getTime() - now.getTime();
  if (ahead < -pastToleranceMs)
    return bad({
      path: "at",
      code: "time.past",
      message: 'This moment is past. Give a later one, or "now".',
      got: text,
    });
  if (ahead > furthestMs)
    return bad({
      path: "at",
      code: "time.too_far",
      message: "A campaign can be scheduled at most 400 days ahead.",
      got: text,
    });
  return ok(ahead < 0 ? now : at);
}

export const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

const clock = {
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day from 00:00 to 23:59, such as 09:00")
    .describe("by the clock on the wall; where it is put forward over this time, at the end of the gap"),
  timeZone: z
    .string()
    .max(60)
    .refine(isTimeZone, { message: "an IANA time zone such as Europe/London", params: { code: "time_zone.unknown" } }),
  until: z.iso
    .date("a date that there is, such as 2027-12-31")
    .optional()
    .describe("the last day on which it may go out; without it there is no end"),
};

const isInEveryMonth = (day: number | "last") => day === "last" || (day >= 1 && day <= 28);

/** When a campaign goes out again and again. */
export const repeat = z.discriminatedUnion("every", [
  z.strictObject({ every: z.literal("day"), ...clock }),
  z.strictObject({
    every: z.literal("week"),
    on: z
      .array(z.enum(weekdays))
      .min(1)
      .max(7)
      .refine((days) => new Set(days).size === days.length, "each day may stand here once"),
    ...clock,
  }),
  z.strictObject({
    every: z.literal("month"),
    on: z
      .union([z.int(), z.literal("last")])
      .refine(isInEveryMonth, {
        message: 'a day that every month has, from 1 to 28, or "last"',
        params: { code: "day.not_in_every_month" },
      })
      .describe('a day from 1 to 28, or "last"'),
    ...clock,
  }),
]);
export type Repeat = z.infer<typeof repeat>;

/** The next `count` instants after `after`; fewer when the rule ends before. */
export function nextRuns(rule: Repeat, after: Date, count: number): Date[] {
  const found: Date[] = [];
  for (const at of runsAfter(rule, after)) if (found.push(at) >= count) break;
  return found;
}

/** Refuses a rule that would never fire. */
export function readRepeat(rule: Repeat, now: Date): Checked<Date> {
  const [first] = nextRuns(rule, now, 1);
  return first
    ? ok(first)
    : bad({
        path: "repeat.until",
        code: "schedule.over",
        message: "Nothing is left to go out until then. Give a later day, or none.",
        got: rule.until,
      });
}

export type Firing = {
  /** The newest moment that has come. */
  readonly firedFor: Date;
  /** Moments before it that passed while nothing ran. They are not made up for. */
  readonly skipped: number;
  /** null: it was the last one. */
  readonly nextAt: Date | null;
};

/** What to fire for a schedule whose moment `due` has come; whoever slept over several fires once, for the newest. */
export function catchUp(rule: Repeat | null, due: Date, now: Date): Firing {
  let firing: Firing = { firedFor: due, skipped: 0, nextAt: null };
  if (!rule) return firing;
  for (const at of runsAfter(rule, due)) {
    if (at > now) return { ...firing, nextAt: at };
    firing = { ...firing, firedFor: at, skipped: firing.skipped + 1 };
  }
  return firing;
}

/** Strictly increasing. Days are counted on the zone's own calendar, as midnights in UTC. */
function* runsAfter(rule: Repeat, after: Date): Generator<Date> {
  const zone = openZone(rule.timeZone);
  const [hours = 0, minutes = 0] = rule.at.split(":").map(Number);
  const timeOfDay = (hours * 60 + minutes) * 60_000;
  const lastDay = rule.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(rule.until);
  let latest = after.getTime();
  // A day earlier: what fell into a gap at midnight fires on the day after its own.
  for (let day = Math.floor(zone.wallAt(latest) / dayMs) * dayMs - dayMs; day <= lastDay; day += dayMs) {
    if (!fallsOn(rule, new Date(day))) continue;
    const at = zone.instantOf(day + timeOfDay);
    if (at <= latest) continue;
    latest = at;
    yield new Date(at);
  }
}

function fallsOn(rule: Repeat, day: Date): boolean {
  switch (rule.every) {
    case "day":
      return true;
    case "week":
      return rule.on.some((name) => weekdays.indexOf(name) === (day.getUTCDay() + 6) % 7);
    case "month":
      return rule.on === "last" ? new Date(day.getTime() + dayMs).getUTCDate() === 1 : day.getUTCDate() === rule.on;
  }
}
