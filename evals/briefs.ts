/** A hundred briefs that stay as they are, half of them Chinese: what a writer is measured on. */
import { channels } from "@chorus/channels/registry";
import { angleNames, toneNames } from "@chorus/core/angle";
import { brandVoice } from "@chorus/core/brand-voice";
import { fact, link } from "@chorus/core/fact";
import type { WritingTask } from "@chorus/prompts/writer";
import { z } from "zod";
import { readRows } from "./rows.ts";

const phrases = z.array(z.string().min(1));
const row = z.strictObject({
  id: z.string(),
  locale: z.string(),
  brand: z.string(),
  segment: z.strictObject({ name: z.string(), description: z.string() }),
  angle: z.enum(angleNames),
  tone: z.enum(toneNames),
  channels: z.array(z.enum(channels.map(({ id }) => id) as [string, ...string[]])).min(1),
  brief: z.strictObject({ goal: z.string(), offer: z.string(), mustSay: phrases, mustNotSay: phrases }),
  facts: z.array(fact),
  links: z.array(link),
});

export type FixedBrief = { readonly id: string; readonly task: WritingTask };

export const readBriefs = (file = "evals/cases/briefs.jsonl"): FixedBrief[] =>
  readRows(file, row).map(({ id, locale, brand, segment, angle, tone, facts, links, ...rest }) => ({
    id,
    task: {
      ...{ locale, angle, tone, segment: { ...segment, generic: false }, facts: { facts, links } },
      channels: channels.filter((channel) => rest.channels.includes(channel.id)),
      brief: { ...rest.brief, sector: "general", factSheet: { facts: [], links: [] }, mainLink: "shop" },
      voice: brandVoice.parse({ brand }),
    },
  }));
