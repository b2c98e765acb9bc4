/** From an event as it is sent to one that can be stored. */
import type { Checked, Problem } from "@chorus/core/problem";
import { bad, ok } from "@chorus/core/problem";
import type { NewActivity } from "@chorus/core/wire-activity";
import type { ActivityEntry } from "@chorus/db/import-activity";

/** Clocks of shops may be a little ahead, and lists may speak of the day in another zone. */
const mostAheadMs = 86_400_000;
/** The start of 1970 and of 1980 are what machines write that do not know the time; nothing before is anybody's event. */
const earliest = Date.parse("1980-01-02T00:00:00Z");

export function readActivity(given: NewActivity, of: { now: Date; currency: string }): Checked<ActivityEntry> {
  const problems: Problem[] = [];
  const at = Date.parse(given.at);
  if (Number.isNaN(at))
    problems.push({ path: "at", code: "time.invalid", message: "There is no such day or hour.", got: given.at });
  if (at > of.now.getTime() + mostAheadMs)
    problems.push({
      path: "at",
      code: "time.future",
      message: "Activity is what has been: this is more than a day ahead.",
      got: given.at,
    });
  if (at < earliest)
    problems.push({
      path: "at",
      code: "time.ancient",
      message: "This is before 1980, as from a clock that was never set. Give the moment it happened.",
      got: given.at,
    });
  if (given.amount && given.amount.currency !== of.currency)
    problems.push({
      path: "amount",
      code: "currency.other",
      message: `This workspace counts in ${of.currency}. Convert the amount before you send it.`,
      got: given.amount.currency,
    });
  if (problems.length > 0) return bad(...problems);
  return ok({
    eventId: given.eventId,
    externalId: given.externalId,
    kind: given.kind,
    at: given.at,
    sku: given.sku?.trim() || null,
    orderRef: given.orderRef?.trim() || null,
    quantity: given.quantity,
    amountMicros: BigInt(given.amount?.micros ?? 0),
  });
}

/** What to say about names that the database does not know. */
export const unknownName = (is: "contact" | "sku"): Pick<Problem, "code" | "message"> =>
  is === "contact"
    ? {
        code: "contact.unknown",
        message: "No contact has this external id. Import contacts first, then send this again.",
      }
    : { code: "sku.unknown", message: "No product has this SKU. Import products first, then send this again." };
