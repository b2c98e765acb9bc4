/** Writes a piece of copy of any kind: in one go, or planned first and then part by part. */

import { refusalsIn } from "@chorus/core/problem";
import type { Contents, WritingCost } from "@chorus/core/variant";
import { checkContents, summary } from "./check-contents.ts";
import type { CopyKind, Parts } from "./kinds/kind.ts";
import { type WriteWithFallback, type WritingOrFallback, writeWithFallback } from "./write-with-fallback.ts";
import { addCosts, type WritingTask } from "./writer.ts";

type Of = WriteWithFallback & { readonly kind: CopyKind };

/** What the task's channels hold is the kind's form already, or for a message the channels that were asked for. */
export async function writeCopy({ kind, ...of }: Of): Promise<WritingOrFallback> {
  if (!of.model && !kind.byTemplate) return notWithoutModel(kind);
  if (kind.parts) return await writeParts(kind, kind.parts, of);
  return await writeOne(kind, of);
}

/** The template writer stands in only where its phrases make such a piece. */
async function writeOne(kind: CopyKind, of: WriteWithFallback): Promise<WritingOrFallback> {
  return await writeWithFallback({ ...of, mayFallBack: kind.byTemplate });
}

const notWithoutModel = ({ name }: CopyKind): WritingOrFallback => ({
  is: "not_written",
  outcome: "provider",
  detail: `A ${name.replaceAll("_", " ")} takes a model: phrases cannot make one. Set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own.`,
  cost: null,
  fallbackReason: null,
});

type Outline = { readonly title: string; readonly opening: string; readonly headings: readonly string[] };

/** Each section is told of the whole outline. The piece is checked once more as a whole. */
async function writeParts(kind: CopyKind, parts: Parts, of: WriteWithFallback): Promise<WritingOrFallback> {
  const { task } = of;
  const planned = await writeOne(kind, {
    ...of,
    task: { ...task, channels: [parts.outline], prompt: parts.outlinePrompt },
  });
  if (planned.is === "not_written") return planned;
  const outline = planned.contents[parts.outline.id] as Outline;
  // What must be said, and in which words, is said in the opening.
  const ofSection = { brief: { ...task.brief, mustSay: [] }, voice: { ...task.voice, mustWords: [] } };
  const sections: { heading: string; paragraphs: unknown }[] = [];
  let cost: WritingCost | null = planned.cost;
  for (const heading of outline.headings) {
    const part = { title: outline.title, headings: outline.headings, heading };
    const written = await writeOne(kind, {
      ...of,
      task: { ...task, channels: [parts.section], prompt: parts.sectionPrompt, part, ...ofSection },
    });
    cost = addCosts(cost, written.cost);
    if (written.is === "not_written") return { ...written, cost };
    const { paragraphs } = written.contents[parts.section.id] as { paragraphs: unknown };
    sections.push({ heading, paragraphs });
  }
  return whole({ [kind.name]: { title: outline.title, opening: outline.opening, sections } }, { planned, cost, task });
}

type Planned = Extract<WritingOrFallback, { is: "written" }>;

function whole(
  contents: Contents,
  { planned, cost, task }: { planned: Planned; cost: WritingCost | null; task: WritingTask },
): WritingOrFallback {
  const problems = refusalsIn(checkContents(contents, task));
  if (problems.length === 0) return { ...planned, contents, cost: cost ?? planned.cost };
  return { is: "not_written", outcome: "guard", detail: summary(problems), cost, fallbackReason: null };
}
