/** Languages whose phrases are data: what the template writer makes of them passes the same checks, and is in that language. */
import { angleNames } from "@chorus/core/angle";
import type { FactSheet } from "@chorus/core/fact";
import { refusalsIn } from "@chorus/core/problem";
import { describe, expect, it } from "vitest";
import { checkContents } from "./check-contents.ts";
import { templateWriter } from "./template-writer.ts";
import { email, facts, post, sms, taskWith } from "./test-channels.ts";
import type { WritingTask } from "./writer.ts";

const locales = ["de-DE", "fr-FR"] as const;
const { signal } = new AbortController();
async function contentsOf(task: WritingTask): Promise<Record<string, unknown>> {
  const writing = await templateWriter.write(task, { signal });
  if (writing.is !== "written") throw new Error(`${task.locale}: ${writing.detail}`);
  return writing.contents;
}

const rich: FactSheet = {
  facts: [
    ...facts.facts,
    { id: "rating", kind: "number", value: 4.6, label: { de: "Bewertung", fr: "Note" }, source: "shop" },
    { id: "launched", kind: "date", value: "2027-01-02", source: "shop" },
  ],
  links: facts.links,
};
const sheets: readonly FactSheet[] = [
  rich,
  facts,
  { facts: facts.facts.filter(({ id }) => id.startsWith("product_1")), links: facts.links },
  { facts: facts.facts.filter(({ id }) => /^(?:offer|code)$/.test(id)), links: facts.links },
  { facts: [], links: facts.links },
];

describe.each(locales)("the template writer in %s", (locale) => {
  it("fills every channel, as it was reviewed", async () => {
    const contents = await contentsOf(taskWith({ locale, facts: rich }));
    await expect(`${JSON.stringify(contents, null, 2)}\n`).toMatchFileSnapshot(
      `./template-writer.${locale.slice(0, 2)}.snapshot.txt`,
    );
  });

  it("passes every check from every side, with much to say and with little", async () => {
    const sides = angleNames.map((angle, no) => ({ angle, sheet: sheets[no % sheets.length] ?? rich }));
    const amounts = sheets.map((sheet) => ({ angle: "benefit" as const, sheet }));
    for (const [no, { angle, sheet }] of [...sides, ...amounts].entries()) {
      const segment = { name: `Segment ${no}`, description: "", generic: no % 2 === 0 };
      const task = taskWith({ locale, angle, facts: sheet, segment });
      const contents = await contentsOf(task);
      expect(refusalsIn(checkContents(contents, task))).toEqual([]);
      expect(JSON.stringify(contents)).not.toMatch(/(?<!\{)\{\w+\}(?!\})/);
    }
  });

  it("is noticed under another language, and English under it", async () => {
    const task = taskWith({ locale, channels: [email] });
    const contents = await contentsOf(task);
    const codes = (of: Record<string, unknown>, as: string) =>
      checkContents(of, { ...task, locale: as }).map(({ code }) => code);
    expect(codes(contents, locale)).not.toContain("language.other");
    expect(codes(contents, "zh-CN")).toContain("language.other");
    expect(codes(contents, "en-GB")).toContain("language.other");
    expect(codes(await contentsOf(taskWith({ channels: [email] })), locale)).toContain("language.other");
  });

  it("greets by name where one contact reads, and never in public", async () => {
    const contents = await contentsOf(taskWith({ locale, channels: [email, sms, post] }));
    expect(JSON.stringify(contents.email)).toContain("{{contact:first_name|");
    expect(JSON.stringify(contents.post)).not.toContain("contact:");
  });
});
