import { countColumns } from "@chorus/core/measure";
import { refusalsIn } from "@chorus/core/problem";
import { describe, expect, it } from "vitest";
import { checkContents } from "../check-contents.ts";
import { copyInput } from "../copy-prompt.ts";
import { templateWriter } from "../template-writer.ts";
import { copyTask, kettle } from "../test-bag.ts";
import { allKinds, kindOf } from "./all.ts";

const signal = new AbortController().signal;
const written = async (...of: Parameters<typeof copyTask>) => {
  const writing = await templateWriter.write(copyTask(...of), { signal });
  if (writing.is !== "written") throw new Error(writing.detail);
  return writing.contents;
};

describe("the prompt of a kind of copy", () => {
  const prompts = allKinds.flatMap(({ prompt, parts }) =>
    parts ? [parts.outlinePrompt, parts.sectionPrompt] : [prompt],
  );

  it.each(prompts)("$id renders what was reviewed; a change needs a look and a new version", async (prompt) => {
    const kind = allKinds.find(
      (each) => each.prompt === prompt || each.parts?.sectionPrompt === prompt || each.parts?.outlinePrompt === prompt,
    );
    const isSection = kind?.parts?.sectionPrompt === prompt;
    const forms = kind?.parts ? [isSection ? kind.parts.section : kind.parts.outline] : null;
    const task = { ...copyTask(kind?.name ?? "ad"), ...(forms && { channels: forms }) };
    const text = prompt.render(copyInput(task)).map(({ role, content }) => `[${role}]\n${content}`);
    await expect(`${prompt.id} version ${prompt.version}\n\n${text.join("\n\n")}\n`).toMatchFileSnapshot(
      `./snapshots/${prompt.id}.txt`,
    );
  });

  it("tells of the reader a band of years and a few words, and not their age", () => {
    const said = kindOf("ad").prompt.render(copyInput(copyTask("ad")))[1]?.content ?? "";
    expect(JSON.parse(said).reader).toMatchObject({ ageBand: "25-34", occupation: "designer" });
    expect(said).not.toMatch(/"age"/);
  });
});

describe("a piece of copy from phrases", () => {
  const kinds = allKinds.filter(({ byTemplate, form }) => byTemplate && form);

  it.each(kinds.flatMap(({ name }) => ["en-GB", "zh-CN", "de-DE", "fr-FR"].map((locale) => ({ name, locale }))))(
    "$name in $locale passes every check of its form and every guard",
    async ({ name, locale }) => {
      const contents = await written(name, { locale });
      expect(refusalsIn(checkContents(contents, copyTask(name, { locale })))).toEqual([]);
    },
  );

  it("names the facts of the product it is given, and none of another's", async () => {
    for (const name of ["ad", "product_description", "social_post"] as const) {
      const said = JSON.stringify(await written(name, { products: [kettle] }));
      expect(said).toContain("{{fact:product_1_feature_2}}");
      expect(said).not.toContain("feature_3");
    }
  });

  it("a search ad has several lines, each different and none wider than a search engine takes", async () => {
    for (const locale of ["en-GB", "zh-CN", "de-DE", "fr-FR"]) {
      const { search_ad: ad } = (await written("search_ad", { locale })) as { search_ad: Record<string, string[]> };
      expect(ad.headlines?.length).toBeGreaterThanOrEqual(3);
      expect(new Set(ad.headlines).size).toBe(ad.headlines?.length);
      expect(ad.descriptions?.length).toBeGreaterThanOrEqual(2);
    }
  });
});

describe("the form of a piece of copy", () => {
  const problemsOf = (name: Parameters<typeof copyTask>[0], content: unknown) =>
    refusalsIn(checkContents({ [name]: content }, copyTask(name))).map(({ path, code }) => `${path} ${code}`);

  it("counts a wide character as two, as search engines do", () => {
    expect([countColumns("Weekend bag"), countColumns("周末相机包"), countColumns("ｆｕｌｌ")]).toEqual([11, 10, 8]);
    const lines = (headline: string) => ({
      headlines: [headline, "Have a look", "A bag"],
      descriptions: ["One", "Two"],
    });
    expect(problemsOf("search_ad", lines("x".repeat(31)))).toContain("contents.search_ad.headlines.0 field.too_long");
  });

  it("minds a line that is there twice, a contact's field, and a value that the brand has not", () => {
    const ad = {
      headlines: ["A bag", "a bag ", "Have a look"],
      descriptions: ["For {{contact:first_name|you}}", "Two"],
    };
    expect(problemsOf("search_ad", ad)).toEqual(
      expect.arrayContaining([
        "contents.search_ad.headlines.1 field.repeated",
        "contents.search_ad.descriptions.0 slot.no_contact",
      ]),
    );
    const story = {
      title: "How we mend",
      paragraphs: ["We mend first.", "Then we make."],
      values: ["lasting", "value_9"],
    };
    expect(problemsOf("brand_story", story)).toEqual(["contents.brand_story.values.1 value.unknown"]);
  });

  it("holds a figure that no fact states in every kind", () => {
    const story = { title: "How we mend", paragraphs: ["We keep 500 bags.", "Then we make."], values: ["lasting"] };
    expect(problemsOf("brand_story", story)).toEqual(["contents.brand_story.paragraphs.0 claim.number"]);
  });
});
