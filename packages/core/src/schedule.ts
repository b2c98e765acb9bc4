/** When a campaign goes out, said with an offset; and how late is too late. */
import type { Checked } from "./problem.ts";
import { bad, ok } from "./problem.ts";

const pastToleranceMs = 5 * 60_000;
const furthestMs = 400 * 86_400_000;
/** A schedule older than this is not sent blindly: it becomes `missed` and asks a person. */
export const defaultMaxLatenessMs = 3_600_000;

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
