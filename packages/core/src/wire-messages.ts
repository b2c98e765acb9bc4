/** Messages on the wire: lines of the ledger, found by what a person knows, and one message's whole history. */
import { z } from "zod";
import type { MessageState } from "./message.ts";
import { classNames, messageStates } from "./message.ts";
import { money } from "./money.ts";
import { picked } from "./picks.ts";
import { instant } from "./wire-campaigns.ts";
import { pageOf, pageQuery, publicId } from "./wire-page.ts";

const stateNames = Object.keys(messageStates) as [MessageState, ...MessageState[]];

export const messageQuery = z.strictObject({
  id: publicId.optional().describe("one message"),
  contact: publicId.optional(),
  externalId: z.string().min(1).max(200).optional().describe("the contact, by its id in the system it came from"),
  address: z.string().min(1).max(320).optional().describe("in any form it may be typed in"),
  channel: z.string().max(40).optional(),
  run: publicId.optional(),
  state: z.enum(stateNames).optional(),
  error: z.string().min(2).max(200).optional().describe("words of what a provider answered, or of why it is in doubt"),
  reason: z.string().max(60).optional().describe("why it was skipped or failed, such as no_consent"),
  ...pageQuery,
});

export const messageView = z.object({
  id: publicId,
  runId: publicId,
  contactId: publicId.nullable(),
  destinationId: publicId.nullable(),
  channel: z.string(),
  class: z.enum(classNames),
  segmentId: publicId.nullable(),
  variantId: publicId.nullable(),
  locale: z.string(),
  state: z.enum(stateNames),
  reason: z.string().nullable(),
  hold: z.string().nullable().describe("what a live workspace holds it back for"),
  attempt: z.int(),
  delivery: z.string().nullable(),
  providerMessageId: z.string().nullable(),
  cost: money.nullable(),
  createdAt: instant,
  settledAt: instant.nullable(),
});
export const messagePage = pageOf(messageView);

export const messageHistoryView = messageView.extend({
  maybeTwice: z.boolean().describe("its class lets it go out again after a doubt, and so it may have arrived twice"),
  due: z.object({ notBefore: instant, expiresAt: instant }).nullable(),
  attempts: z
    .array(
      z.object({
        attempt: z.int(),
        at: instant,
        outcome: z.string(),
        detail: z.string(),
        worker: z.string().nullable(),
      }),
    )
    .describe("hand-overs that were not a clean first success"),
  events: z.array(z.object({ receivedAt: instant, kind: z.string(), detail: z.unknown() })),
  doubts: z.array(
    z.object({
      attempt: z.int(),
      since: instant,
      worker: z.string().nullable(),
      detail: z.string(),
      resolvedAt: instant.nullable(),
      resolution: z.string().nullable(),
    }),
  ),
  clicks: z
    .array(z.object({ link: z.int(), at: instant }))
    .describe("links from 201 on lead to its picks, in their order"),
  picks: z.array(picked).describe("products that its last hand-over showed to this reader alone, and why"),
});
