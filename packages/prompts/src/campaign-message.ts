/** The prompt that writes a campaign's message for one segment: every channel's version in one answer. */
import { always, defineCopyPrompt } from "./copy-prompt.ts";

export const campaignMessage = defineCopyPrompt({
  id: "campaign_message",
  version: 4,
  opening: (brand) => `You write marketing copy for ${brand}.`,
  craft: [
    always.language,
    always.approach,
    "Write for the segment, but do not name it. Choose the products that suit it. If it is generic, the reader may have declined to be profiled: say of nothing that it was chosen for them. The call to action opens the link named in brief.mainLink.",
    always.mustSay,
    always.voice,
    always.form,
    always.note,
  ],
});
