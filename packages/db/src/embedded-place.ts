/**
 * Where an embedded PostgreSQL can live and as whom it runs. PostgreSQL refuses to be root, so for root it runs as an
 * account that exists anyway; that account must be able to walk to its programs and its data. If the way to the wanted
 * folder is closed to it (a clone in /root), the data goes to a folder of this clone's own under /var/lib/chorus.
 */
import { spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Account, asAccount } from "./tether.ts";

/** `folder` is where things really are; it holds `data`, the password, the log and, where needed, the programs. */
export type Place = { readonly folder: string; readonly data: string; readonly account: Account };

export const isRoot = (): boolean => process.getuid?.() === 0;

export function choosePlace(wanted: string): Place {
  const folder = ownFolder(wanted);
  if (!isRoot()) return checkOwner({ folder, data: join(folder, "data"), account: null });
  if (existsSync(join(folder, markName))) return rootPlace(outside(folder));
  chmodSync(folder, 0o711); // may be walked through, not listed; what is inside has its own, tighter modes
  const place = rootPlace(folder);
  if (canReach(place.account, folder)) return place;
  if (existsSync(place.data)) {
    throw new Error(
      `${place.data} holds a database that the account "${place.account?.name}" can no longer reach. ` +
        "Make the folders above it passable again (chmod o+x), or remove that folder to begin anew.",
    );
  }
  return rootPlace(outside(folder));
}

function ownFolder(wanted: string): string {
  mkdirSync(wanted, { recursive: true });
  const folder = realpathSync(wanted);
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    throw new Error(`${folder} belongs to another account: run as that account again, or remove the folder.`);
  }
  return folder;
}

function rootPlace(folder: string): Place {
  const data = join(folder, "data");
  return { folder, data, account: existsSync(data) ? ownerOf(data) : unprivilegedAccount() };
}

/** A cluster belongs to whoever made it: root goes on as that account, anybody else can only be that account. */
function checkOwner(place: Place): Place {
  if (existsSync(place.data) && lstatSync(place.data).uid !== process.getuid?.()) {
    throw new Error(`${place.data} belongs to another account: run as that account again, or remove the folder.`);
  }
  return place;
}

function ownerOf(data: string): Account {
  const { uid, gid } = lstatSync(data);
  if (uid === 0) throw new Error(`${data} belongs to root, as which PostgreSQL refuses to run. Remove that folder.`);
  return { uid, gid, name: accounts().find((account) => account.uid === uid)?.name ?? String(uid) };
}

/** postgres where a system has one, else nobody. An account is never created. */
function unprivilegedAccount(): Account {
  const known = accounts();
  for (const name of ["postgres", "_postgres", "nobody"]) {
    const account = known.find((one) => one.name === name && one.uid !== 0);
    if (account) return account;
  }
  throw new Error(
    "PostgreSQL refuses to run as root, and there is neither an account postgres nor nobody. " +
      "Run as an ordinary user, create one of those accounts, or set DATABASE_URL to a server of your own.",
  );
}

function accounts() {
  return readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .map(([name = "", , uid, gid]) => ({ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }))
    .filter((account) => account.name !== "" && !account.name.startsWith("#"));
}

/** Asks by trying, as that account: modes, access lists and mounts all have their say. */
export function canReach(account: Account, path: string): boolean {
  return spawnSync("/bin/sh", ["-c", 'test -x "$0"', path], { ...asAccount(account), cwd: "/" }).status === 0;
}

const markName = "elsewhere.id";

/**
 * This clone's folder outside of it, named after its path and a mark that stays inside: a clone made anew at the same
 * path, or a copy of this one, does not inherit the data.
 */
function outside(folder: string): string {
  const mark = join(folder, markName);
  if (!existsSync(mark)) writeFileSync(mark, randomUUID(), { mode: 0o600 });
  const key = createHash("sha256")
    .update(`${folder}\n${readFileSync(mark, "utf8")}`)
    .digest("hex")
    .slice(0, 16);
  const elsewhere = join(rootsFolder(), key);
  mkdirSync(elsewhere, { recursive: true });
  chmodSync(elsewhere, 0o711);
  return elsewhere;
}

/** Only root writes in /var/lib, so no one can have put a folder of that name there; in the temp folder we look. */
function rootsFolder(): string {
  for (const parent of ["/var/lib", tmpdir()]) {
    const folder = join(parent, "chorus");
    try {
      mkdirSync(folder, { recursive: true });
      const found = lstatSync(folder);
      if (!found.isDirectory() || found.uid !== 0) continue;
      chmodSync(folder, 0o711);
      accessSync(folder, constants.W_OK);
    } catch {
      continue; // a read-only system: the next one
    }
    return folder;
  }
  throw new Error(`neither /var/lib/chorus nor ${join(tmpdir(), "chorus")} can be made a folder of root`);
}
