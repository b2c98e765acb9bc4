/** Activity on the wire: what contacts did. */
import { z } from "zod";
import { money } from "./money.ts";
import { activityKind } from "./segment.ts";

/** A quantity fits the database's integer; nobody orders more. */
export const mostPieces = 2_147_483_647;

export const newActivity = z.strictObject({
  eventId: z.string().trim().min(1).max(200).describe("your own id of the event; sent again it changes nothing"),
  externalId: z.string().trim().min(1).max(200).describe("whose it is"),
  kind: activityKind,
  at: z.iso.datetime({ offset: true, error: "an instant with its offset, as in 2027-03-01T09:00:00+01:00" }),
  sku: z.string().max(100).nullish(),
  orderRef: z.string().max(100).nullish(),
  quantity: z.int().min(-mostPieces).max(mostPieces).default(1).describe("below 0 for what came back"),
  amount: money.nullish().describe("of the whole line; below 0 for what was paid back"),
});
export type NewActivity = z.infer<typeof newActivity>;
export const newActivities = z.strictObject({ events: z.array(newActivity).min(1).max(500) });
export const savedActivities = z.object({
  taken: z.int(),
  inserted: z.int().describe("those that were not known yet"),
});
