/** For the healthcheck of a process that listens nowhere: a file whose time says when it last lived. */
import { rm, writeFile } from "node:fs/promises";

/** Nothing without a file. What it says is in its time; it stays empty. */
export async function touchAliveFile(file: string | undefined): Promise<void> {
  if (file) await writeFile(file, "");
}

/** A worker that stopped in order leaves no sign of life behind. */
export async function removeAliveFile(file: string | undefined): Promise<void> {
  if (file) await rm(file, { force: true });
}
