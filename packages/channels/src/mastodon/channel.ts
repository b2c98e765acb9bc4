/** Mastodon: a public post on the timeline of an account of our own, one for each segment's variant. */
import { defineChannel } from "../define-channel.ts";
import { normalizeMastodonAccount } from "./address.ts";
import { checkMastodon, mastodonContent, mastodonLimit } from "./content.ts";
import { mastodonProvider } from "./mastodon.ts";
import { compileMastodon, previewMastodon } from "./post.ts";

export const mastodon = defineChannel({
  id: "mastodon",
  label: "Mastodon",
  traits: {
    reach: "public",
    limits: [mastodonLimit],
    markup: "plain",
    permission: { needsConsent: false, needsApproval: true },
  },
  content: mastodonContent,
  writingNotes:
    "A public post that anybody may read: speak to all of them, name nobody. One to four sentences in the tone of a person, not of an advertisement, at most 500 characters: what it is, what the reader has of it, and one {{link:id}}, which shows as an address and counts 23. At most two #hashtags in CamelCase, at the end. No @names: they are shown as plain words. No markup.",
  providers: [mastodonProvider],
  normalizeAddress: normalizeMastodonAccount,
  check: checkMastodon,
  compile: compileMastodon,
  preview: previewMastodon,
});
