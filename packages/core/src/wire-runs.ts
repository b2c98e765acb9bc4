/** Runs on the wire: what goes out, what came of it, and the levers. */
import { z } from "zod";
import { campaignStates } from "./campaign.ts";
import { runStates } from "./run.ts";
import { instant } from "./wire-campaigns.ts";
import { pageOf, pageQuery, publicId } from "./wire-page.ts";

const runAccounts = z
  .array(z.object({ channel: z.string(), provider: z.string(), account: z.string(), since: instant }))
  .describe("the provider accounts that carried it, each from its first hand-over on; empty before one");

export const runView = z.object({
  id: publicId,
  campaignId: publicId.nullable(),
  state: z.enum(runStates),
  stateBecause: z.string().nullable(),
  firedFor: instant.nullable().describe("the scheduled moment that it is for"),
  startedAt: instant,
  finishedAt: instant.nullable(),
  reopenedAt: instant.nullable().describe("when it was last sent on to the unsent"),
  accounts: runAccounts,
});
export const runList = pageOf(runView);
const runRef = z.object({ id: publicId, state: z.enum(runStates) });

const withProvider = z.int().describe("handed over, answer not yet recorded, when the lever was pulled");

/** What a lever did. Messages that a provider already has cannot be called back. */
export const actedView = z.object({
  campaign: z.object({ id: publicId, state: z.enum(campaignStates) }),
  run: runRef.nullable().describe("the newest one; null: there was none yet"),
  alreadyWithProvider: withProvider,
});
/** What was done to one run. */
export const movedView = actedView.pick({ alreadyWithProvider: true }).extend({ run: runRef });
export const resentView = z.object({
  run: runRef,
  unsent: z.int().describe("messages that had never left and are tried again; asked twice, the same number"),
});
export const stopInput = z
  .strictObject({ because: z.string().trim().min(1).max(300) })
  .partial()
  .nullish();
export const stoppedView = z.object({
  stopped: z.int().describe("runs that were sending and no longer are"),
  alreadyWithProvider: withProvider,
});
export const releaseInput = z
  .strictObject({ only: z.array(publicId).max(200).describe("runs of campaigns that go on; the others are held") })
  .partial()
  .nullish();
export const releasedView = z.object({
  released: z.boolean().describe("false: nothing was stopped"),
  held: z.int().describe("runs that were not named, and wait to be resumed or cancelled"),
});
export const stopView = z.object({ stop: z.object({ at: instant, because: z.string() }).nullable() });

const counts = z.record(z.string(), z.int());
const books = z.object({
  planned: z.int(),
  accepted: z.int(),
  skipped: counts.describe("by reason"),
  failed: counts.describe("by reason"),
  expired: z.int(),
  cancelled: z.int(),
  inDoubt: z.int(),
  open: z.int(),
});

export const reportView = z.object({
  run: z.object({ id: publicId, state: z.string(), startedAt: instant, finishedAt: instant.nullable() }),
  campaign: z.object({ id: publicId, name: z.string() }),
  accounts: runAccounts,
  books: books.describe("planned is the sum of all the others, at any moment"),
  channels: z.record(
    z.string(),
    books.extend({
      delivery: counts,
      clicked: z.int(),
      optedOut: z.int(),
      wouldHold: counts.describe("what a live workspace would have held back, by reason"),
    }),
  ),
  segments: z.array(
    z.object({ id: publicId.nullable(), name: z.string(), contacts: z.int(), accepted: z.int(), clicked: z.int() }),
  ),
  doubts: z.int(),
  maybeTwice: z.int().describe("messages that went out again after a doubt, as their class allows"),
});

export const doubtQuery = z.strictObject(pageQuery);
export const doubtList = pageOf(
  z.object({
    messageId: publicId,
    channel: z.string(),
    attempt: z.int(),
    since: instant,
    worker: z.string().nullable(),
    detail: z.string(),
    resolution: z
      .string()
      .nullable()
      .describe("accepted, not_accepted, resent, expired or final; null while it is open, and those come first"),
  }),
);
