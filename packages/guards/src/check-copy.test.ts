import { brandVoice } from "@chorus/core/brand-voice";
import { expect, it } from "vitest";
import { checkCopy, textsOf } from "./check-copy.ts";
import { evalFacts } from "./evals/mutations.ts";

const contents = {
  email: { subject: "A warm hello", paragraphs: ["First", "Second"], button: "See more", link: "shop" },
  slack: { blocks: [{ headline: "New in", image: null, order: 2 }] },
};

it("walks every text of every channel with its path, and takes no link id for words", () => {
  expect(textsOf(contents)).toEqual([
    { path: "contents.email.subject", text: "A warm hello" },
    { path: "contents.email.paragraphs.0", text: "First" },
    { path: "contents.email.paragraphs.1", text: "Second" },
    { path: "contents.email.button", text: "See more" },
    { path: "contents.slack.blocks.0.headline", text: "New in" },
  ]);
});

it("gathers what every guard finds, each with path, code, what to do and the exact words", () => {
  const problems = checkCopy({
    texts: textsOf({ sms: { text: "The best ever deal, [Name]: £5" }, email: { subject: "便宜又好看的杯子到店了" } }),
    facts: evalFacts,
    locale: "en-GB",
    brief: { mustSay: [], mustNotSay: ["deal"], sector: "general" },
    voice: brandVoice.parse({ brand: "Hearth" }),
    by: "person",
  });
  expect(problems.map(({ path, code, got }) => `${path} ${code} ${got}`)).toEqual([
    "contents.sms.text claim.price £5",
    "contents.sms.text wording.must_not_say deal",
    "contents.sms.text wording.leftover [Name]",
    "contents.sms.text law.us.superlative best ever",
    "contents.email.subject language.other 便宜又好看的杯子到店了",
    "contents.sms.text tone.manipulative The best ever deal, [Name]: £5",
  ]);
  for (const { message } of problems) expect(message).toMatch(/\.$/);
});
