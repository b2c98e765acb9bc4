/** Segments on the wire. */
import { z } from "zod";
import { rule } from "./segment.ts";
import { pageOf, publicId } from "./wire-page.ts";

export const newSegment = z.strictObject({
  name: z.string().trim().min(1).max(120),
  description: z.string().max(1000).default(""),
  rule,
});

export const segmentBody = z.object({
  id: publicId,
  name: z.string(),
  description: z.string(),
  rule,
  version: z.int().describe("counts the changes of the rule; a run says which version it used"),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export const segmentPage = pageOf(segmentBody);

export const segmentRule = z.strictObject({ rule });
export const segmentPreview = z.object({
  count: z.int(),
  sample: z.array(
    z.object({
      id: publicId,
      externalId: z.string(),
      firstName: z.string().nullable(),
      country: z.string().nullable(),
    }),
  ),
});
