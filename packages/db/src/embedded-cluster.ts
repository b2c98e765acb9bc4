/** The database cluster on disk: made once, whole or not at all, and its one password. */
import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Place } from "./embedded-place.ts";
import { type Account, asAccount } from "./tether.ts";

/** The superuser of the cluster. */
export const clusterUser = "chorus";
const majorVersion = "18";
const unfinishedName = "data.unfinished-";

/** Makes the cluster where there is none. Returns its password, which only this program's account can read. */
export async function openCluster(place: Place, programs: string): Promise<{ password: string; isNew: boolean }> {
  for (const name of readdirSync(place.folder)) {
    if (name.startsWith(unfinishedName)) rmSync(join(place.folder, name), { recursive: true, force: true });
  }
  const file = join(place.folder, "password");
  if (existsSync(place.data)) {
    checkVersion(place.data);
    if (existsSync(file)) return { password: readFileSync(file, "utf8").trim(), isNew: false };
    throw new Error(`${file} is gone, and without it nobody can sign in. Put it back, or remove ${place.folder}.`);
  }
  const password = randomBytes(24).toString("base64url");
  writeSynced(file, `${password}\n`, 0o600);
  await makeCluster(place, programs, password);
  return { password, isNew: true };
}

function checkVersion(data: string): void {
  const found = readFileSync(join(data, "PG_VERSION"), "utf8").trim();
  if (found === majorVersion) return;
  throw new Error(
    `${data} was made by PostgreSQL ${found}; this is ${majorVersion}. Dump it with the old one, or remove it.`,
  );
}

/** initdb works in a folder of its own, renamed when it is done: a crash in between leaves nothing that looks whole. */
async function makeCluster(place: Place, programs: string, password: string): Promise<void> {
  const unfinished = join(place.folder, `${unfinishedName}${randomUUID()}`);
  const passwordFile = `${unfinished}.password`;
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  handOver(unfinished, place.account);
  handOver(passwordFile, place.account);
  try {
    await run(join(programs, "bin", "initdb"), initdbArguments(unfinished, passwordFile), place.account);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, place.data);
  syncFolder(place.folder);
}

/**
 * UTF-8 whatever LANG says, sorted by PostgreSQL's own C.UTF-8, which is the same on every system and never changes
 * with the C library. Letters outside ASCII are letters (lc-ctype), so that searching Chinese text works.
 */
function initdbArguments(data: string, passwordFile: string): string[] {
  const letters = process.platform === "darwin" ? "en_US.UTF-8" : "C.UTF-8";
  return [
    `--pgdata=${data}`,
    `--username=${clusterUser}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    `--lc-ctype=${letters}`,
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--text-search-config=simple",
  ];
}

function run(program: string, parameters: string[], account: Account): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      ...asAccount(account),
      cwd: "/",
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk));
    child.once("error", reject);
    child.once("close", (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`initdb ended with ${signal ?? code}: ${said.slice(-2000)}`)),
    );
  });
}

/** A file made by root for the account that PostgreSQL runs as. */
export function handOver(path: string, account: Account): void {
  if (account) chownSync(path, account.uid, account.gid);
}

function writeSynced(path: string, text: string, mode: number): void {
  const file = openSync(path, "w", mode);
  writeFileSync(file, text);
  chmodSync(path, mode);
  fsyncSync(file);
  closeSync(file);
}

/** A rename is on disk only when its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}
