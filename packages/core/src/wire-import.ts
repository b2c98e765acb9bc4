/** Imports on the wire. */
import { z } from "zod";
import { pageOf, publicId } from "./wire-page.ts";

export const importQuery = z.strictObject({
  country: z.string().max(60).optional().describe("of phone numbers that are written without one"),
  numbers: z
    .string()
    .max(2000)
    .optional()
    .describe("columns of numbers, separated by commas; all other fields are text"),
  keep: z.string().max(2000).optional().describe("columns to take although they look sensitive, separated by commas"),
});
export type ImportQuery = z.infer<typeof importQuery>;

export const importBody = z.object({
  id: publicId,
  kind: z.enum(["contacts", "products", "activity"]),
  state: z.enum(["running", "finished", "stopped"]),
  rows: z.int(),
  accepted: z.int(),
  rejected: z.int(),
  notes: z.array(z.object({ code: z.string(), count: z.int(), message: z.string() })),
  rejectsUrl: z.string().nullable().describe("the rejected rows with their reasons, as CSV"),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
});
export type ImportBody = z.infer<typeof importBody>;
export const importPage = pageOf(importBody);
