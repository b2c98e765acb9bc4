/** Writes one piece outside a campaign, by its kind's own prompt, with the checks of every copy. */
import type { Id } from "@chorus/core/id";
import { type CopyToWrite, readCopyToWrite } from "@chorus/db/copies";
import { failCopyWriting, saveCopyWriting } from "@chorus/db/copy-save";
import { checkContents } from "@chorus/prompts/check-contents";
import { kindOf } from "@chorus/prompts/kinds/all";
import { writeCopy as write } from "@chorus/prompts/write-copy";
import type { WritingTask } from "@chorus/prompts/writer";
import { openCallBook } from "../call-book.ts";
import type { World } from "../world.ts";

/** What of the world it takes. */
type Writing = Pick<World, "db" | "model" | "prices" | "channels" | "log">;

export async function writeCopy(
  world: Writing,
  { copyId, revision }: { copyId: Id; revision: number },
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const copy = await readCopyToWrite(world.db.sql, copyId);
  if (copy?.state !== "waiting" || copy.revision !== revision) return;
  const kind = kindOf(copy.kind);
  const task = taskOf(world, copy);
  const book = openCallBook(world.db, world.prices, { ...copy, campaignId: null, variantId: null });
  const { nonce } = copy;
  const writing = await write({ kind, model: await world.model(), task, signal, book, nonce });
  if (signal.aborted) return;
  if (writing.is === "not_written") {
    world.log.warn({ copyId, kind: kind.name, outcome: writing.outcome }, "copy.failed");
    const because = `${writing.outcome}: ${writing.detail}`;
    return await failCopyWriting(world.db, copy, { because, cost: writing.cost });
  }
  const saved = await saveCopyWriting(world.db, copy, {
    contents: writing.contents,
    findings: checkContents(writing.contents, task),
    writer: writing.writer,
    model: writing.model,
    prompt: `${writing.promptId}@${writing.promptVersion}`,
    cost: writing.cost,
    fallbackReason: writing.fallbackReason,
  });
  world.log.info({ copyId, kind: kind.name, writer: writing.writer, model: writing.model }, `copy.${saved}`);
}

function taskOf(world: Writing, copy: CopyToWrite): WritingTask {
  const { form, prompt } = kindOf(copy.kind);
  const { locale, angle, tone, brief, facts, voice } = copy;
  return {
    segment: copy.segment
      ? { ...copy.segment, generic: false }
      : { name: "Readers", description: "", generic: copy.reader === null },
    ...{ locale, angle, tone, brief, facts, voice, prompt },
    channels: form ? [form] : world.channels.filter((channel) => copy.channels.includes(channel.id)),
    reader: copy.reader ?? undefined,
  };
}
