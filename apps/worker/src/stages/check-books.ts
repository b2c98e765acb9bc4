/** Once an hour, by one worker: whether the ledger still keeps its invariants, said in the log and kept for the metrics. */
import { checkBooksWhenDue } from "@chorus/db/books-check";
import type { World } from "../world.ts";

/** As long as a stop waits for answers that are under way. */
const answerWithinMs = 15_000;

export async function checkBooks(world: Pick<World, "db" | "log">, signal: AbortSignal): Promise<void> {
  const found = await checkBooksWhenDue(world.db, { answerWithinMs, signal });
  if (!found) return;
  const broken = found.filter((each) => each.broken > 0);
  if (broken.length === 0) world.log.info({ checked: found.length }, "books.checked");
  for (const { name, promise, broken: count, examples } of broken)
    world.log.error({ invariant: name, promise, count, examples }, "books.broken");
}
