/** Contacts on the wire: what is sent in, and what is shown. */
import { z } from "zod";
import { consentState } from "./consent.ts";
import { pageOf, publicId } from "./wire-page.ts";

export const fieldName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, "a field name is lower-case letters, digits and _, at most 40");
const fieldValue = z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]);
const channelId = z.string().max(64);

export const newContact = z.strictObject({
  externalId: z.string().trim().min(1).max(200).describe("your own id; the contact is found by it again"),
  firstName: z.string().max(100).nullish(),
  addresses: z.record(channelId, z.string().max(500)).default({}).describe("by channel: { email: …, sms: … }"),
  locale: z.string().max(35).nullish().describe("BCP 47; without it the country's or the workspace's"),
  timeZone: z
    .string()
    .max(60)
    .nullish()
    .describe("IANA name; without it the country's where it has one, else quiet hours are kept in all of its zones"),
  country: z.string().max(100).nullish().describe("name or ISO code"),
  profiling: z.boolean().nullish().describe("false: always gets the generic variant"),
  fields: z.record(fieldName, fieldValue).default({}),
  consents: z.record(channelId, consentState).default({}).describe("by channel; a withdrawal is never undone by it"),
  consentSource: z.string().max(300).nullish().describe("where the consents were given or taken back"),
});
export type NewContact = z.infer<typeof newContact>;
export const newContacts = z.strictObject({ contacts: z.array(newContact).min(1).max(500) });

export const savedContacts = z.object({
  items: z.array(z.object({ id: publicId, externalId: z.string() })).describe("in the order they were sent"),
  notes: z.array(z.object({ code: z.string(), message: z.string() })),
});

export const contactSummary = z.object({
  id: publicId,
  externalId: z.string(),
  firstName: z.string().nullable(),
  locale: z.string(),
  timeZone: z.string().nullable(),
  country: z.string().nullable(),
  profiling: z.boolean(),
  createdAt: z.string(),
});
export const contactPage = pageOf(contactSummary);

export const contactBody = contactSummary.extend({
  fields: z.record(z.string(), fieldValue),
  addresses: z.array(
    z.object({
      channel: z.string(),
      value: z.string(),
      suppressions: z.array(z.object({ scope: z.string(), reason: z.string(), source: z.string(), at: z.string() })),
    }),
  ),
  consents: z.array(
    z.object({ channel: z.string(), purpose: z.string(), state: consentState, source: z.string(), at: z.string() }),
  ),
  updatedAt: z.string(),
});
