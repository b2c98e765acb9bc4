/** The people of a workspace on the wire, where they get tests, and the tests themselves. */
import { z } from "zod";
import { roles } from "./role.ts";
import { publicId } from "./wire-page.ts";

export const personView = z.object({
  id: publicId,
  name: z.string(),
  email: z.string(),
  role: z.enum(roles),
  addresses: z.record(z.string(), z.string()).describe("by channel id: where tests go; e-mail goes to `email`"),
});
export const personList = z.object({ items: z.array(personView) });
export const personAddress = z.strictObject({ address: z.string().min(1).max(500) });

/** A test is for whoever looks at the copy, not for a crowd. */
export const testedAtMost = 5;

export const testSendWish = z.strictObject({
  channel: z.string().max(64),
  people: z
    .array(publicId)
    .min(1)
    .max(testedAtMost)
    .optional()
    .describe("people of this workspace; without it, whoever asks"),
});

export const testSendView = z.object({
  account: z.object({ provider: z.string(), name: z.string() }),
  items: z.array(
    z.object({
      personId: publicId,
      name: z.string(),
      messageId: publicId.nullable().describe("null: nothing was handed over"),
      outcome: z
        .enum(["accepted", "refused", "deferred", "unknown", "no_address", "suppressed"])
        .describe("unknown: it may have arrived, and nobody will send it again"),
      detail: z.string().nullable(),
    }),
  ),
});
