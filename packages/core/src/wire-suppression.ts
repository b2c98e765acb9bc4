/** Suppressions on the wire. */
import { z } from "zod";
import { suppressionReasons } from "./suppression.ts";

const channelId = z.string().max(64);
const address = z.string().min(1).max(500);

export const newSuppression = z.strictObject({
  channel: channelId,
  address,
  reason: z.enum(suppressionReasons).default("manual"),
});
export const suppressionQuery = z.strictObject({ channel: channelId, address });

export const suppressionBody = z.object({
  channel: z.string(),
  scope: z.enum(["all", "marketing"]).describe('"marketing" lets a receipt through, "all" nothing'),
  reason: z.enum(suppressionReasons),
  source: z.string(),
  at: z.string(),
});
export const suppressionList = z.object({ items: z.array(suppressionBody) });
