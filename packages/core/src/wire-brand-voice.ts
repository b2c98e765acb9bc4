/** On the wire: the brand's voice, every version it had, and what of a text is off it. */
import { z } from "zod";
import { brandVoice } from "./brand-voice.ts";
import { instant, problemView } from "./wire-campaigns.ts";
import { pageOf, publicId } from "./wire-page.ts";

export const brandVoiceView = z.object({
  version: z.int().describe("give it back in If-Match when you replace it"),
  voice: brandVoice,
  by: z.object({ id: publicId, name: z.string() }).nullable().describe("null: it was there with the workspace"),
  at: instant,
});
export const brandVoicePage = pageOf(brandVoiceView);

export const textsToLint = z.strictObject({
  texts: z.array(z.string().min(1).max(5_000)).min(1).max(20).describe("the fields of one message"),
  locale: z.string().min(2).max(35),
});

export const lintView = z.object({
  version: z.int().describe("of the voice that the texts were held against"),
  findings: z.array(problemView),
});
