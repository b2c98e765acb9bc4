/** `chorus import`: takes a CSV file in through the API, shows how far it has come, and what was rejected and why. */
import { createReadStream, statSync } from "node:fs";
import { importBody } from "@chorus/core/wire-import";
import { openClient } from "./client.ts";
import { openMeters } from "./progress.ts";
import { count } from "./table.ts";

export const importKinds = ["contacts", "products", "activity"] as const;
export type ImportOptions = {
  readonly file: string;
  readonly kind: (typeof importKinds)[number];
  readonly key: string;
  readonly url: string;
};

const rejectsShown = 10;
const bytesPerUnit = 1024;

/** 0: every row was taken. 1: some were rejected, or the import stopped. */
export async function importFile(of: {
  options: ImportOptions;
  signal: AbortSignal;
  say: (line: string) => void;
}): Promise<0 | 1> {
  const { file, kind, key, url } = of.options;
  const size = sizeOf(file);
  const client = openClient({ url, key, signal: of.signal });
  const meters = openMeters(process.stdout);
  const bar = meters.add({ label: `${kind} (KiB)`, total: Math.ceil(size / bytesPerUnit) });
  const sent = (bytes: number) => bar.set(Math.ceil(bytes / bytesPerUnit));
  const taken = await client
    .upload(`/v1/imports/${kind}`, createReadStream(file), { answer: importBody, sent })
    .finally(() => meters.end());
  of.say(
    `${count(taken.rows)} rows: ${count(taken.accepted)} accepted, ${count(taken.rejected)} rejected (${taken.state}, ${taken.id})`,
  );
  for (const note of taken.notes) of.say(`  ${note.message}`);
  if (taken.rejected > 0 && taken.rejectsUrl) {
    const rejects = (await client.text(taken.rejectsUrl)).trim().split("\n");
    for (const line of rejects.slice(0, rejectsShown + 1)) of.say(`  ${line}`);
    if (rejects.length > rejectsShown + 1) of.say("  …");
    of.say(`All rejected rows with their reasons: ${new URL(taken.rejectsUrl, url).href}`);
  }
  return taken.rejected === 0 && taken.state === "finished" ? 0 : 1;
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    throw new Error(`There is no file ${file} that could be read.`);
  }
}
