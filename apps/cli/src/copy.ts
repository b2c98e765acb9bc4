/** `chorus copy`: has copy written through the API, waits for it, and shows it as it will be read, with what is wrong with it. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type CopyView, copiesAsked, copyView } from "@chorus/core/wire-copies";
import { type Client, openClient } from "./client.ts";
import { openMeters } from "./progress.ts";

export type CopyOptions = {
  readonly file: string;
  readonly key: string;
  readonly url: string;
  readonly asJson: boolean;
};

const lookEveryMs = 300;

/** 0: every piece was written and nothing keeps it from being approved. 1: otherwise. */
export async function copy(of: {
  options: CopyOptions;
  signal: AbortSignal;
  say: (line: string) => void;
}): Promise<0 | 1> {
  const { file, key, url, asJson } = of.options;
  const client = openClient({ url, key, signal: of.signal });
  const copies = await writeCopies(client, { wish: readWish(file), signal: of.signal });
  if (asJson) of.say(JSON.stringify(copies, null, 2));
  else for (const each of copies) for (const line of showCopy(each)) of.say(line);
  const isSound = copies.every(
    ({ state, findings }) => state === "written" && findings.every(({ severity }) => severity === "warning"),
  );
  return isSound ? 0 : 1;
}

function readWish(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const why = error instanceof SyntaxError ? `holds no JSON (${error.message})` : "could not be read";
    throw new Error(`${file} ${why}. It is the body of POST /v1/copies; docs/copy.example.json is one.`);
  }
}

/** Asks, and waits until each piece is written or could not be. */
export async function writeCopies(client: Client, of: { wish: unknown; signal: AbortSignal }): Promise<CopyView[]> {
  const { items } = await client.post("/v1/copies", of.wish, copiesAsked);
  const meters = openMeters(process.stderr);
  const bar = meters.add({ label: "copy", total: items.length });
  try {
    for (;;) {
      const copies = await Promise.all(items.map(({ id }) => client.get(`/v1/copies/${id}`, copyView)));
      const done = copies.filter(({ state }) => state !== "waiting").length;
      bar.set(done);
      if (done === copies.length) return copies;
      await sleep(lookEveryMs, null, { signal: of.signal });
    }
  } finally {
    meters.end();
  }
}

export function showCopy(copy: CopyView): string[] {
  const by = copy.state === "written" ? `${copy.model ?? "a person"}, ${copy.prompt ?? "by hand"}` : copy.state;
  const why = copy.fallbackReason ? [`  not by the model: ${copy.fallbackReason}`] : [];
  const findings = copy.findings.map(
    ({ path, message, got, severity }) => `  ${severity ?? "refused"} at ${path}${got ? ` "${got}"` : ""}: ${message}`,
  );
  const title = `\n${copy.kind.replaceAll("_", " ")}, ${copy.locale} (${by})`;
  return [title, ...why, ...Object.values(copy.shown).flatMap((form) => wordsOf(form, "")), ...findings];
}

/** One line for each text, with the path to it. */
export function wordsOf(value: unknown, path: string): string[] {
  if (typeof value === "string") return [`  ${path.padEnd(22)} ${value.replaceAll("\n", " ")}`];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, each]) => wordsOf(each, path ? `${path}.${key}` : key));
}
