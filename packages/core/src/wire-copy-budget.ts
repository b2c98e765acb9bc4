/** On the wire: what a workspace lets the writing of its copy cost, and what it has. */
import { z } from "zod";

const cap = z.int().min(0).nullable();

export const copyCaps = z.strictObject({
  month: cap.describe(
    "in a calendar month of UTC, in micros of the currency of the model's prices; null: as much as it takes",
  ),
  campaign: cap.describe("for one campaign, all its rewritings together"),
  callsPerMinute: z.int().min(1).nullable().describe("of the model, over all campaigns"),
});

export const copyBudgetView = z.object({
  caps: copyCaps,
  month: z.string().describe("the present one, such as 2026-11"),
  spent: z.int().describe("in it; a call of which nobody knows what it cost counts with all that was set aside for it"),
  reserved: z.int().describe("set aside for calls that are under way"),
});
