import { refusalsIn } from "@chorus/core/problem";
import { checkContents } from "@chorus/prompts/check-contents";
import { allKinds } from "@chorus/prompts/kinds/all";
import { openOpenAiWriter } from "@chorus/prompts/openai-writer";
import { copyTask, kettle } from "@chorus/prompts/test-bag";
import { writeCopy } from "@chorus/prompts/write-copy";
import type { Writer } from "@chorus/prompts/writer";
import { testSandbox } from "@chorus/sandbox/test-sandbox";
import { describe, expect, it } from "vitest";

const { signal } = new AbortController();

async function standIn(): Promise<Writer> {
  const { httpUrl } = await testSandbox();
  return await openOpenAiWriter({ baseUrl: `${httpUrl}/openai/v1`, apiKey: "key", model: "stand-in" });
}

describe("the stand-in for a model", () => {
  it.each(allKinds.flatMap(({ name }) => ["en-GB", "zh-CN"].map((locale) => ({ name, locale }))))(
    "writes $name in $locale at the first try, and no check or guard minds it",
    async ({ name, locale }) => {
      const kind = allKinds.find((each) => each.name === name);
      if (!kind) throw new Error(name);
      const task = copyTask(name, { locale, products: [kettle] });
      const writing = await writeCopy({ kind, task, model: await standIn(), signal });
      expect(writing).toMatchObject({ is: "written", writer: "openai", fallbackReason: null });
      if (writing.is !== "written") return;
      expect(refusalsIn(checkContents(writing.contents, task))).toEqual([]);
    },
  );
});
