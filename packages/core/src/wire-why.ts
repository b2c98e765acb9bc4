/**
 * Why a message was sent, or was not, on the wire: nine parts for an auditor, and a sentence for whoever got it. All of it
 * is what was true when it was decided; "since_changed" and "erased" stand where that is known no more.
 */
import { z } from "zod";
import { angle, angleNames, toneNames } from "./angle.ts";
import { classNames } from "./message.ts";
import { rule } from "./segment.ts";
import { instant, problemView } from "./wire-campaigns.ts";
import { messageHistoryView } from "./wire-messages.ts";
import { publicId } from "./wire-page.ts";
import { originView } from "./wire-variants.ts";

const sinceChanged = z.literal("since_changed");
const unknown = z.enum(["since_changed", "erased"]);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const person = z.object({ id: publicId, name: z.string() });
const segmentVersion = z.object({ id: publicId, version: z.int() });

const who = z.object({
  messageId: publicId,
  contactId: publicId.nullable().describe("names nobody outside of this workspace"),
  destinationId: publicId.nullable(),
  campaignId: publicId.nullable().describe("null: a single message that a service asked for"),
  runId: publicId,
  channel: z.string(),
  class: z.enum(classNames),
  locale: z.string(),
  state: messageHistoryView.shape.state,
  reason: z.string().nullable().describe("why it was skipped or failed"),
  plannedAt: instant,
  permittedAt: instant.nullable().describe("when it was last looked at and let go"),
  settledAt: instant.nullable(),
  consent: z
    .union([z.object({ state: z.string(), at: instant, source: z.string() }), z.literal("erased"), z.null()])
    .describe("the line of the consent ledger that counted; null: none was needed, or there was none"),
  cap: z
    .object({ count: z.int(), days: z.int(), sentBefore: z.int() })
    .nullable()
    .describe("how much marketing may go to them on this channel, and how much had gone"),
});

const segment = z.object({
  id: publicId.nullable().describe("null: the copy for everyone else"),
  version: z.int().nullable(),
  rule: rule.nullable(),
  ruleText: z.string().nullable(),
  nameNow: z.string().nullable().describe("it may have been renamed since"),
  audience: z.string().describe("whom the run meant at all"),
  because: z.union([z.enum(["first_match", "matched_none", "declined_profiling", "of_variant"]), unknown]),
  passedOver: z.array(segmentVersion).describe("asked before it, without a match"),
  values: z
    .union([
      z.array(
        z.object({
          name: z.string(),
          condition: z.string(),
          value: scalar.describe("of free text that the rule does not name, only its length"),
          basis: z
            .enum(["stated", "observed"])
            .describe("told by somebody, or counted from what they did; nothing is inferred"),
        }),
      ),
      unknown,
    ])
    .describe("what the rules saw in the reader"),
});

const channelAndTime = z.object({
  rules: z
    .object({
      needsConsent: z.boolean(),
      hours: z.object({ from: z.int(), to: z.int() }).nullable(),
      cap: z.object({ count: z.int(), days: z.int() }).nullable(),
      holds: z.enum(["wait", "show"]),
      timeZone: z.string(),
    })
    .nullable()
    .describe("what was asked of marketing on this channel; null: nothing was"),
  channels: z
    .array(z.object({ channel: z.string(), state: z.string(), reason: z.string().nullable() }))
    .describe("what the same run did for the same reader on each channel"),
  hold: z.string().nullable().describe("what a live workspace holds it back for"),
  scheduledFor: instant.nullable(),
  launchedAt: instant,
});

const choice = z.object({
  angle: z.enum(angleNames),
  tone: z.enum(toneNames),
  angles: z.array(angle).describe("all that could have been drawn, with their shares"),
  probability: z.number(),
  by: z.literal("hash of run and reader"),
  drawn: z.object({ number: z.int(), of: z.int() }).nullable().describe("null: there was nothing to choose"),
  isSame: z.boolean().describe("drawn again now, it is the same"),
});

const copy = z.object({
  variantId: publicId.nullable(),
  revision: z.int().nullable(),
  hash: z.string(),
  origin: originView.nullable().describe("null: the words came with the request"),
  facts: z.union([z.array(z.object({ id: z.string(), shown: z.string(), source: z.string() })), z.literal("erased")]),
  links: z.union([z.array(z.object({ id: z.string(), url: z.string() })), z.literal("erased")]),
  approval: z.object({ id: publicId, by: person, at: instant }).nullable(),
});

const guards = z.object({
  findings: z.array(problemView).nullable().describe("null: not kept, as for words that came with a request"),
  overrides: z
    .array(z.object({ code: z.string(), got: z.string(), source: z.string(), by: person.nullable(), at: instant }))
    .describe("claims that were approved because somebody recorded what shows them"),
});

const personalData = z.object({
  merged: z
    .union([z.array(z.object({ field: z.string(), value: scalar, used: z.enum(["value", "default"]) })), unknown])
    .nullable()
    .describe("fields of the contact that were filled in when it was rendered; null: it was not, or not yet"),
  sentToModel: z.array(z.string()).describe("fields of the contact: none, copy is written for segments"),
});

const { delivery, attempts, events, doubts, clicks } = messageHistoryView.shape;
const outcome = z.object({
  ...{ delivery, attempts, events, doubts, clicks },
  optOuts: z.array(z.enum(["link", "reply"])).describe("the ways out that it offered"),
  consentWithdrawnAt: instant.nullable().describe("taken back on this channel since"),
});

export const whyView = z.object({
  sentence: z
    .string()
    .nullable()
    .describe("for whoever got it, in its language; null: it did not leave, or is to nobody in particular"),
  who,
  segment: segment.nullable().describe("null: a single message is in no segment"),
  channelAndTime,
  choice: choice.nullable().describe("null: its sender chose"),
  copy: z.union([copy, sinceChanged]),
  guards: z.union([guards, sinceChanged]),
  personalData,
  outcome,
});
