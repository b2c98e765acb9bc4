/** How far the database had come, in a file beside it: by this a dump that was restored over it is recognised. */
import { readFile, rename, writeFile } from "node:fs/promises";
import type { HighWater } from "@chorus/db/engine";
import { z } from "zod";

const remembered = z.object({ engine: z.uuid(), lastBeat: z.iso.datetime().transform((text) => new Date(text)) });

/** Null without a file, and for one that nobody can read any more: it is a help, not a condition. */
export async function readHighWater(file: string | undefined): Promise<HighWater | null> {
  if (!file) return null;
  try {
    return remembered.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return null;
  }
}

/** Whole or not at all. */
export async function writeHighWater(file: string | undefined, highWater: HighWater): Promise<void> {
  if (!file) return;
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, JSON.stringify(highWater));
  await rename(unfinished, file);
}
