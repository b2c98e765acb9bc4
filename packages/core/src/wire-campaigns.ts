/** Campaigns on the wire: from the brief to the approval. */
import { z } from "zod";
import { angles, usualAngles } from "./angle.ts";
import { brief } from "./brief.ts";
import { campaignStates } from "./campaign.ts";
import { repeat } from "./schedule.ts";
import { rule } from "./segment.ts";
import { pageOf, pageQuery, publicId } from "./wire-page.ts";
import { problemBody } from "./wire-problem.ts";

const isLocale = (tag: string): boolean => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
};
const eachOnce = <T>(list: readonly T[]): boolean => new Set(list).size === list.length;
const listOf = <Item extends z.ZodType>(item: Item, max: number) =>
  z.array(item).max(max).refine(eachOnce, "each may stand here once");

const name = z.string().trim().min(1).max(120).describe("what people here call the campaign; no reader sees it");
const segments = listOf(publicId, 20).describe("segments in order: the first match wins, the rest are everyone else");
const channels = listOf(z.string().min(1).max(40), 20).min(1).describe("ids as in GET /v1/channels");
export const locale = z.string().max(35).refine(isLocale, "a language tag such as en, en-GB or zh");
const locales = listOf(locale, 10)
  .min(1)
  .describe("languages to write in; the first serves whoever reads none of them");
const campaignAngles = angles.describe(
  "from which sides the copy speaks; each reader gets one, by chance at these shares",
);

export const campaignInput = z.strictObject({
  name,
  brief,
  audience: rule.default({ is: "everyone" }),
  segments: segments.default([]),
  channels,
  locales,
  angles: campaignAngles.default(usualAngles),
});
export type CampaignInput = z.infer<typeof campaignInput>;

/** Every field may be left out; what is left out stays as it is. */
export const campaignChange = z.strictObject({
  name: name.optional(),
  brief: brief.optional(),
  audience: rule.optional(),
  segments: segments.optional(),
  channels: channels.optional(),
  locales: locales.optional(),
  angles: campaignAngles.optional(),
});

export const instant = z.iso.datetime({ offset: true });
/** Finding, warning or error: one shape for what a person can mend. */
export const problemView = problemBody.shape.errors.element.extend({
  severity: z
    .enum(["warning", "needs_evidence"])
    .optional()
    .describe("a warning stops nothing; needs_evidence stops an approval until somebody records what shows it"),
});

const segmentVersions = z.array(z.object({ segment: publicId, version: z.int() }));

export const approvalView = z.object({
  id: publicId,
  by: z.object({ id: publicId, name: z.string() }),
  contentHash: z.string(),
  audienceSize: z.int(),
  segmentVersions,
  at: instant,
  voidedAt: instant.nullable(),
  voidedBecause: z.string().nullable().describe("the step that voided it"),
});

export const campaignLine = z.object({
  id: publicId,
  name: z.string(),
  state: z.enum(campaignStates),
  channels: z.array(z.string()),
  locales: z.array(z.string()),
  segments: z.array(publicId),
  version: z.int().describe("give it back as If-Match when you change the campaign"),
  createdAt: instant,
  updatedAt: instant,
});
export const campaignView = campaignLine.extend({
  brief,
  audience: rule,
  angles,
  authorId: publicId,
  approval: approvalView.nullable().describe("the newest one, voided or not"),
  scheduledAt: instant.nullable().describe("when it will fire; null when nothing is planned"),
  repeat: repeat.nullable().describe("the rule it goes out by, or went out by; null when it goes out once"),
  nextRuns: z
    .array(z.object({ at: instant, local: z.string().describe("the same instant by the clock of its zone, RFC 9557") }))
    .describe("the next five times it goes out"),
});
export type CampaignView = z.infer<typeof campaignView>;

export const campaignQuery = z.strictObject(pageQuery);
export const campaignPage = pageOf(campaignLine);

const counts = z.record(z.string(), z.int());
export const preflightView = z.object({
  contentHash: z.string().nullable().describe("over all words and facts; null while variants are missing"),
  audienceSize: z.int().describe("contacts meant, before anyone is excluded"),
  segmentVersions,
  channels: z.record(
    z.string(),
    z.object({
      planned: z.int(),
      willSend: z.int(),
      skipped: counts,
      hold: counts.describe("what a live workspace holds back for a while"),
    }),
  ),
  segments: z.array(z.object({ id: publicId.nullable(), name: z.string(), contacts: z.int() })),
  destinations: z.array(z.object({ id: publicId, channel: z.string(), name: z.string() })),
  differences: z
    .array(
      z.object({
        fact: z.string().describe("the fact's id, or the product whose price it is"),
        about: z.enum(["price", "offer", "deadline"]),
        values: z.array(z.object({ shown: z.string(), segments: z.array(publicId.nullable()) })),
        without: z
          .array(publicId.nullable())
          .describe("segments whose copy states none of them; null is everyone else"),
      }),
    )
    .describe("what one segment is offered and another is not"),
  warnings: z.array(problemView),
});

export const approveInput = z.strictObject({
  contentHash: z.string().regex(/^[0-9a-f]{64}$/, "the contentHash that the preflight showed"),
  audienceSize: z.int().min(0).describe("the audienceSize that the preflight showed, typed again"),
});

/** One of the two. */
export const scheduleInput = z.strictObject({
  at: z
    .string()
    .max(60)
    .optional()
    .describe('once: "now", or an instant with offset such as 2027-03-01T09:00:00+01:00'),
  repeat: repeat.optional().describe("again and again, in place of `at`"),
});
