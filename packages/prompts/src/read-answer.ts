/** From what a model said to contents that may be used, or to what it must mend. */
import { type Problem, refusalsIn } from "@chorus/core/problem";
import type { Contents } from "@chorus/core/variant";
import type { z } from "zod";
import { checkContents } from "./check-contents.ts";
import { contentSchema, withoutNulls } from "./content-schema.ts";
import { extractJson } from "./extract-json.ts";
import { promptOf } from "./prompt-of.ts";
import type { WritingTask } from "./writer.ts";

export type Reading =
  | { readonly is: "ok"; readonly contents: Contents }
  | { readonly is: "refused"; readonly detail: string }
  | {
      readonly is: "bad";
      readonly outcome: "invalid_json" | "schema" | "guard";
      readonly problems: readonly Problem[];
      /** As far as they could be read. */
      readonly contents?: Contents;
    };

export function readAnswer(text: string, task: WritingTask): Reading {
  const json = extractJson(text);
  if (!json) return isRefusal(text) ? { is: "refused", detail: text.trim().slice(0, 200) } : notJson;
  const given = task.channels.map((channel): [string, unknown] => [
    channel.id,
    withoutNulls(json[channel.id], contentSchema(channel.content)),
  ]);
  return readContents(Object.fromEntries(given), task);
}

export function readContents(contents: Contents, task: WritingTask): Reading {
  const read = promptOf(task).output(task.channels).safeParse(contents);
  if (!read.success) return { is: "bad", outcome: "schema", problems: read.error.issues.map(problemOf), contents };
  const problems = refusalsIn(checkContents(read.data, task));
  if (problems.length === 0) return { is: "ok", contents: read.data };
  return { is: "bad", outcome: "guard", problems, contents: read.data };
}

const notJson: Reading = {
  is: "bad",
  outcome: "invalid_json",
  problems: [
    {
      path: "",
      code: "answer.not_json",
      message: "The answer must be one JSON object as the schema describes it, and nothing else.",
    },
  ],
};

/** A refusal in prose, from servers that have no field for one. */
const isRefusal = (text: string): boolean =>
  /^\W*(?:i(?:'|’)?m (?:sorry|unable|not able)|i (?:cannot|can(?:'|’)?t|won(?:'|’)?t|must decline)|sorry,|as an ai|很?抱歉|对不起|我(?:无法|不能))/i.test(
    text,
  );

function problemOf(issue: z.core.$ZodIssue): Problem {
  const path = ["contents", ...issue.path].join(".");
  return { path, code: `schema.${issue.code}`, message: issue.message };
}
