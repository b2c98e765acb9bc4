/** Provider accounts on the wire. Secrets only ever travel in. */
import { z } from "zod";
import { connectionFaults } from "./connection.ts";
import { instant } from "./wire-campaigns.ts";
import { publicId } from "./wire-page.ts";

/** Forms give numbers and switches as such; providers read text. */
const setting = z.union([z.string().max(2000), z.number(), z.boolean()]).transform(String);

export const accountChange = z.strictObject({
  provider: z.string().max(64),
  settings: z
    .record(z.string().max(64), setting)
    .describe("all of them, secrets too: what is not given takes its usual value"),
});

const field = z.object({
  name: z.string(),
  about: z.string(),
  secret: z.boolean().describe("sealed where it is stored, and never shown again"),
  required: z.boolean(),
  usual: z.string().nullable().describe("what it is when not given"),
});

export const accountView = z.object({
  channel: z.string(),
  label: z.string(),
  account: z
    .object({
      carrierId: publicId.nullable().describe("null before the environment's account was first used"),
      source: z.enum(["workspace", "environment"]),
      provider: z.string(),
      name: z.string().describe("as runs name it"),
      settings: z.record(z.string(), z.string()).nullable().describe("secrets masked; null: the environment's"),
      rates: z
        .array(z.object({ of: z.string(), perSecond: z.number() }))
        .describe("messages in any second at most, over all workers, for each account, sender or channel"),
      callbackUrl: z.string().nullable().describe("where the provider reports to"),
      changedAt: instant.nullable(),
      blockedUntil: instant.nullable(),
      blockedBecause: z.string().nullable(),
      paused: z.boolean().describe("it waits until somebody has put right what it was paused for, and releases it"),
    })
    .nullable(),
  unusableBecause: z.string().nullable().describe("why nothing can be sent, and what to do"),
  providers: z.array(z.object({ id: z.string(), label: z.string(), setup: z.string(), settings: z.array(field) })),
});
export const accountReleased = z.object({ released: z.boolean().describe("false: it was not left alone") });
export const accountList = z.object({ items: z.array(accountView) });

export const accountTestView = z.object({
  works: z.boolean(),
  account: z.object({ source: z.enum(["workspace", "environment"]), provider: z.string(), name: z.string() }),
  as: z.string().nullable().describe("who the provider says we are"),
  fault: z.enum(connectionFaults).nullable(),
  setting: z.string().nullable().describe("the setting to look at first"),
  detail: z.string().nullable().describe("what to do, or what could not be looked at"),
  tookMs: z.int(),
});
