/** What any writer's contents must pass before they count as written: every channel's check, then every guard. */
import { type Problem, refusalsIn } from "@chorus/core/problem";
import type { Contents } from "@chorus/core/variant";
import { checkCopy, textsOf } from "@chorus/guards/check-copy";
import type { WritingTask } from "./writer.ts";

/** Paths start at `contents.`; warnings are among the problems. */
export function checkContents(
  contents: Contents,
  task: Pick<WritingTask, "facts" | "locale" | "brief" | "voice" | "channels">,
  by: "model" | "person" = "model",
): Problem[] {
  const { facts, locale, brief, voice } = task;
  const byChannels = task.channels.flatMap((channel) =>
    channel
      .check(contents[channel.id], { facts, locale, brand: voice.brand, values: voice.values.map(({ id }) => id) })
      .map((problem) => ({ ...problem, path: placeIn(channel.id, problem.path) })),
  );
  return distinct([...byChannels, ...checkCopy({ texts: textsOf(contents), facts, locale, brief, voice, by })]);
}

export const placeIn = (channelId: string, path: string): string =>
  ["contents", channelId, path].filter(Boolean).join(".");

/** Channels and guards both look at slots. */
function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Map(problems.map((problem) => [`${problem.path} ${problem.code} ${problem.got ?? ""}`, problem]));
  return [...seen.values()];
}

/** Problems as one line for a log, a finding or a person. */
export const summary = (problems: readonly Problem[]): string =>
  refusalsIn(problems)
    .slice(0, 5)
    .map(({ path, code, got }) => `${path} ${code}${got ? ` "${got}"` : ""}`)
    .join("; ");
