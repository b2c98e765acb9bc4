/** Writes one variant: the model where there is one, the deterministic writer where it fails, the same checks for both. */
import type { Id } from "@chorus/core/id";
import { failWriting, readVariant, saveWriting, type VariantToWrite } from "@chorus/db/copywriting";
import { campaignMessage } from "@chorus/prompts/campaign-message";
import { checkContents } from "@chorus/prompts/check-contents";
import { copyInput } from "@chorus/prompts/copy-prompt";
import { writeWithFallback } from "@chorus/prompts/write-with-fallback";
import type { WritingTask } from "@chorus/prompts/writer";
import { openCallBook } from "../call-book.ts";
import type { World } from "../world.ts";

export async function writeVariant(
  world: World,
  { variantId, revision }: { variantId: Id; revision: number },
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const variant = await readVariant(world.db, variantId);
  if (variant?.state !== "waiting" || variant.revision !== revision) return;
  const task = taskOf(world, variant);
  const writing = await writeWithFallback({
    ...{ model: await world.model(), task, signal },
    book: openCallBook(world.db, world.prices, { ...variant, variantId: variant.id }),
    nonce: variant.nonce,
  });
  if (signal.aborted) return;
  if (writing.is === "not_written") {
    world.log.error({ variantId, outcome: writing.outcome }, "variant.failed");
    return await failWriting(world.db, variant, writing.detail);
  }
  const saved = await saveWriting(world.db, variant, {
    contents: writing.contents,
    findings: checkContents(writing.contents, task),
    writer: writing.writer,
    model: writing.model,
    prompt: `${writing.promptId}@${writing.promptVersion}`,
    cost: writing.cost,
    fallbackReason: writing.fallbackReason,
    messages: campaignMessage.render(copyInput(task)),
  });
  world.log.info(
    { variantId, writer: writing.writer, model: writing.model, fallback: writing.fallbackReason },
    `variant.${saved}`,
  );
}

function taskOf(world: World, variant: VariantToWrite): WritingTask {
  return {
    segment: {
      name: variant.segment?.name ?? "Everyone else",
      description: variant.segment?.description ?? "",
      generic: variant.segment === null,
    },
    locale: variant.locale,
    angle: variant.angle,
    tone: variant.tone,
    channels: world.channels.filter((channel) => variant.channels.includes(channel.id)),
    brief: variant.brief,
    facts: variant.facts,
    voice: variant.voice,
    note: variant.note ?? undefined,
  };
}
