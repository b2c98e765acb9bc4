/** Bluesky: a public post in the feed of an account of our own, one for each segment's variant. */
import { defineChannel } from "../define-channel.ts";
import { normalizeBlueskyAccount } from "./address.ts";
import { blueskyProvider } from "./bluesky.ts";
import { blueskyContent, blueskyLimits, checkBluesky } from "./content.ts";
import { compileBluesky, previewBluesky } from "./post.ts";

export const bluesky = defineChannel({
  id: "bluesky",
  label: "Bluesky",
  traits: {
    reach: "public",
    limits: blueskyLimits,
    markup: "plain",
    permission: { needsConsent: false, needsApproval: true },
  },
  content: blueskyContent,
  writingNotes:
    "A public post that anybody may read: speak to all of them, name nobody. One to three sentences, at most 300 characters: what it is, what the reader has of it, and one {{link:id}}, which shows as its label, so that the sentence reads on with it. At most two #hashtags, at the end. No @names: they are shown as plain words. No markup.",
  providers: [blueskyProvider],
  normalizeAddress: normalizeBlueskyAccount,
  check: checkBluesky,
  compile: compileBluesky,
  preview: previewBluesky,
});
