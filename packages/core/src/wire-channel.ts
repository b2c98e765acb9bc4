/** Channels and destinations on the wire. */
import { z } from "zod";
import { pageOf, publicId } from "./wire-page.ts";

export const channelBody = z.object({
  id: z.string(),
  label: z.string(),
  traits: z.record(z.string(), z.unknown()).describe("limits, reach, markup and permission, as data"),
  writingNotes: z.string(),
  contentSchema: z.record(z.string(), z.unknown()).describe("JSON Schema of a content for this channel"),
  carrier: z
    .object({
      id: publicId,
      provider: z.string(),
      account: z.string(),
      blockedUntil: z.string().nullable(),
      paused: z.boolean(),
      blockedBecause: z.string().nullable(),
    })
    .nullable()
    .describe("who carries it for this workspace; null until one is set up"),
});
export const channelList = z.object({ items: z.array(channelBody) });

export const newDestination = z.strictObject({
  channel: z.string().max(64),
  name: z.string().trim().min(1).max(120),
  address: z.string().min(1).max(500),
  locale: z.string().max(35).optional().describe("the workspace's own when not given"),
});
export const destinationBody = z.object({
  id: publicId,
  channel: z.string(),
  name: z.string(),
  address: z.string(),
  locale: z.string(),
});
export const destinationPage = pageOf(destinationBody);
