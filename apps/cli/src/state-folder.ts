/** The folder that keeps what outlives a run: the database, the installation's key, logs and the sandbox's wire log. */
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bornAt } from "@chorus/db/claim";
import { z } from "zod";

/** 32 bytes in base64, readable by this account only. Made once: ids and links depend on it. */
export function installationKey(folder: string): string {
  const file = join(folder, "key");
  if (!existsSync(file)) writePrivately(file, `${randomBytes(32).toString("base64")}\n`);
  const key = readFileSync(file, "utf8").trim();
  if (Buffer.from(key, "base64").length === 32) return key;
  throw new Error(`${file} is not a key (32 bytes in base64). Put it back as it was; ids and links were made with it.`);
}

/** What is needed to look at the books later, or from another terminal. */
const session = z.object({
  command: z.enum(["demo", "up"]),
  pid: z.int(),
  born: z.string(),
  /** Holds a password: hence the file's mode. Of an embedded PostgreSQL only good while that program runs. */
  databaseUrl: z.string(),
  databaseName: z.string(),
  isEmbedded: z.boolean(),
  apiUrl: z.string(),
  sandboxFolder: z.string(),
  sandboxChannels: z.array(z.string()),
});
export type Session = Omit<z.infer<typeof session>, "pid" | "born">;

const sessionFile = (folder: string) => join(folder, "session.json");

export function noteSession(folder: string, of: Session): void {
  const owner = { pid: process.pid, born: bornAt(process.pid) ?? "" };
  writePrivately(sessionFile(folder), `${JSON.stringify({ ...of, ...owner }, null, 2)}\n`);
}

/** The newest session and whether its program still runs; null where there was none. */
export function lastSession(folder: string): (Session & { isRunning: boolean }) | null {
  if (!existsSync(sessionFile(folder))) return null;
  const read = session.safeParse(JSON.parse(readFileSync(sessionFile(folder), "utf8")));
  return read.success ? { ...read.data, isRunning: bornAt(read.data.pid) === read.data.born } : null;
}

/** An empty folder: what stood there before is gone. */
export function freshFolder(path: string): string {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}

/** Whole or not at all, and never readable by another account, not even for a moment. */
function writePrivately(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, text, { mode: 0o600 });
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, file);
}

/** The folder itself, made where missing. */
export function keptFolder(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}
