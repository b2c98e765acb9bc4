/** Reads a labelled set: one JSON object a line. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { z } from "zod";

const root = new URL("..", import.meta.url);

/** Throws with the file's name, the line and what is wrong with it. `path` is the project's own, or one that was typed. */
export function readRows<T>(path: string, row: z.ZodType<T>): T[] {
  const file = path.startsWith("/") ? path : fileURLToPath(new URL(path, root));
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((line, at) => {
    if (line.trim() === "") return [];
    const read = row.safeParse(parse(line));
    if (read.success) return [read.data];
    const what = read.error.issues
      .map(({ path: place, message }) => `${place.join(".") || "line"}: ${message}`)
      .join("; ");
    throw new Error(`${path}, line ${at + 1}: ${what}`);
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
