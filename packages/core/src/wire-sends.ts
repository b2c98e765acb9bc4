/** Single sends on the wire: another service asks for one message, or up to five hundred, and trusts the 202. */
import { z } from "zod";
import { factSheet } from "./fact.ts";
import { classNames } from "./message.ts";
import { instant, locale } from "./wire-campaigns.ts";
import { publicId } from "./wire-page.ts";

export const mostSends = 500;

const to = z
  .strictObject({
    contact: publicId.optional().describe("a contact of this workspace"),
    externalId: z.string().min(1).max(200).optional().describe("the same, by the id you imported it with"),
    destination: publicId.optional().describe("an own account or channel, for a public channel"),
    address: z
      .string()
      .min(1)
      .max(320)
      .optional()
      .describe("an address of the channel; its contact's rules hold if it has one"),
    firstName: z.string().trim().min(1).max(100).optional().describe("for an address that is no contact's"),
  })
  .refine((given) => ["contact", "externalId", "destination", "address"].filter((name) => name in given).length === 1, {
    error: "Give exactly one of contact, externalId, destination and address.",
    params: { code: "to.ambiguous" },
  });

/** A name that holds an address shows one sender and means another (bad-input catalogue, 50). */
export const sendFrom = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .refine((name) => !/[@<>]/.test(name), {
      error: "A sender's name holds no address.",
      params: { code: "sender.name" },
    }),
  email: z.email().max(254),
});
export type SendFrom = z.infer<typeof sendFrom>;

export const sendInput = z
  .strictObject({
    channel: z.string().min(1).max(40).describe("an id as in GET /v1/channels"),
    class: z
      .enum(classNames)
      .describe(
        "security: codes and warnings · transactional: what somebody's own act asks for · marketing: everything else",
      ),
    to,
    content: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("words in the channel's own shape; GET /v1/channels shows it"),
    facts: factSheet.shape.facts.default([]).describe("what {{fact:id}} in the content stands for"),
    links: factSheet.shape.links.default([]).describe("what {{link:id}} in the content stands for"),
    variant: publicId.optional().describe("an approved variant, in place of content"),
    fields: z
      .record(
        z.string().regex(/^[a-z][a-z0-9_]{0,39}$/),
        z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]),
      )
      .default({})
      .describe("what {{contact:field|default}} stands for in this message, before the contact's own"),
    locale: locale.optional().describe("the contact's own when not given"),
    from: sendFrom.optional().describe("e-mail only, on a domain of the workspace; the workspace's own when not given"),
    sendAt: instant.optional().describe("not before this moment; at once when not given"),
    expiresAt: instant
      .optional()
      .describe("not after it: security 15 minutes, transactional 72 hours, marketing 24 hours when not given"),
  })
  .refine((given) => (given.content === undefined) !== (given.variant === undefined), {
    error: "Give either content or variant.",
    params: { code: "content.ambiguous" },
  });
export type SendInput = z.infer<typeof sendInput>;

export const sendBatch = z.strictObject({ messages: z.array(sendInput).min(1).max(mostSends) });

/** Only what never changes, so that the same key always gets the same answer. */
export const sendTaken = z.object({ id: publicId });
export const sendsTaken = z.object({ messages: z.array(sendTaken) });
