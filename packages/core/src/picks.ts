/** The products recommended to one reader, `{{picks}}` in copy: what each is, and why it was picked. */
import { z } from "zod";
import { money } from "./money.ts";

export const pickReason = z.discriminatedUnion("code", [
  z.object({
    code: z.literal("bought_with"),
    because: z.object({ sku: z.string(), name: z.string() }).describe("what the contact bought"),
    orders: z.int().describe("orders that hold both"),
  }),
  z.object({
    code: z.literal("popular"),
    buyers: z.int().describe("contacts who bought it"),
    days: z.int().nullable().describe("within so many days; null: ever"),
  }),
]);

export const picked = z.object({
  sku: z.string(),
  name: z.string(),
  price: money,
  url: z.string(),
  reason: pickReason,
});
export type Picked = z.infer<typeof picked>;

/** As many as a message shows. */
export const picksShown = 3;

const anyPicks = /\{\{\s*picks\s*\}\}/;

/** Whether any of a channel's words show picks: also in an object of fields, whatever its shape. */
export function showsPicks(content: unknown): boolean {
  if (typeof content === "string") return anyPicks.test(content);
  return typeof content === "object" && content !== null && Object.values(content).some(showsPicks);
}

/** The same question in SQL, of a JSON column. */
export const showsPicksSql = (json: string): string => `${json}::text ~ '\\{\\{\\s*picks\\s*\\}\\}'`;

/** Links of the fact sheet have lower numbers: there are at most 50 of them. */
const firstPickLink = 201;

/** The number of the link to the pick at a place, counted from 0. */
export const pickLink = (place: number): number => firstPickLink + place;

/** Which pick a link leads to; null for any other link. */
export const pickAt = (link: number): number | null =>
  link >= firstPickLink && link < firstPickLink + picksShown ? link - firstPickLink : null;
