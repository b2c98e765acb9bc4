import { demoBrief } from "@chorus/cli/brief";
import { shopVoice } from "@chorus/cli/shop-voice";
import { brandVoice, statementIn } from "@chorus/core/brand-voice";
import { checkVoice } from "@chorus/guards/brand-voice";
import { textsOf } from "@chorus/guards/check-copy";
import { templateWriter } from "@chorus/prompts/template-writer";
import { email, post, sms } from "@chorus/prompts/test-channels";
import { describe, expect, it } from "vitest";

const brief = demoBrief(new Date("2026-11-28T09:00:00Z"));
const facts = brief.factSheet;

describe.each(["en-GB", "zh-CN"])("the demo's voice in %s", (locale) => {
  const check = (texts: Parameters<typeof checkVoice>[0]) => checkVoice(texts, { facts, locale, voice: shopVoice });

  it("says what it stands for, and its own examples and values are on voice", () => {
    const said = [...shopVoice.values, ...shopVoice.culture].map((each) => statementIn(each, locale));
    expect(said).not.toContain(null);
    const examples = shopVoice.examples.filter((each) => locale.startsWith(each.locale)).map(({ text }) => text);
    expect(examples.length).toBeGreaterThan(0);
    for (const text of [...said, ...examples]) expect(check([{ path: "", text: text ?? "" }])).toEqual([]);
  });

  it("is the voice of whatever the writer without a model says, from any side", async () => {
    const voice = brandVoice.parse({ ...shopVoice, mustWords: [{ locale: "en", oneOf: ["made to last"] }] });
    for (const angle of ["benefit", "price", "values", "curiosity", "urgency"] as const) {
      const segment = { name: "Regulars", description: "", generic: false };
      const channels = [email, sms, post];
      const task = { segment, locale, angle, tone: "warm", channels, brief, facts, voice } as const;
      const writing = await templateWriter.write(task, { signal: new AbortController().signal });
      if (writing.is !== "written") throw new Error(`${angle}: ${writing.detail}`);
      const texts = textsOf(writing.contents);
      expect(checkVoice(texts, { facts, locale, voice })).toEqual([]);
    }
  });
});
