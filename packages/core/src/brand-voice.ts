/** How a workspace sounds and what it stands for. */
import { z } from "zod";

export const brandVoice = z.strictObject({
  brand: z.string().min(1).max(80).describe("the name a reader knows"),
  tone: z.string().max(300).default("warm, plain and brief"),
  values: z.array(z.string().min(1).max(200)).max(20).default([]),
  bannedWords: z.array(z.string().min(1).max(60)).max(200).default([]),
});
export type BrandVoice = z.infer<typeof brandVoice>;

/** Who a message comes from, as law and inboxes want it said. */
export const sender = z.strictObject({
  name: z.string().min(1).max(80),
  email: z.email().max(254),
  /** CAN-SPAM and its like want a postal address in every marketing mail. */
  postalAddress: z.string().min(1).max(300),
  replyTo: z.email().max(254).optional(),
});
export type Sender = z.infer<typeof sender>;
