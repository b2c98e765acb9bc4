/** Slack: a public post to a channel of our own, one for each segment's variant. */
import { defineChannel } from "../define-channel.ts";
import { normalizeSlackChannel } from "./address.ts";
import { compileSlack, previewSlack } from "./blocks.ts";
import { checkSlack, singleSlack, slackContent, slackLimits } from "./content.ts";
import { slackProvider } from "./slack.ts";

export const slack = defineChannel({
  id: "slack",
  label: "Slack",
  traits: { reach: "public", limits: slackLimits, markup: "blocks", permission: { needsConsent: false } },
  content: slackContent,
  single: singleSlack,
  writingNotes:
    "A post that a whole channel reads: speak to all of them, name nobody. The headline is one line of plain words. The text is one paragraph; *bold* and _italic_ work, a link stands as {{link:id}} and shows as its label. The button's two to four words say what happens next. No @channel, @here or other calls: they are shown as plain words.",
  providers: [slackProvider],
  normalizeAddress: normalizeSlackChannel,
  check: checkSlack,
  compile: compileSlack,
  preview: previewSlack,
});
