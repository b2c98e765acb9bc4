/** One program per folder: a file names the program that uses it, and counts only while that program lives. */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Claim = { readonly pid: number; readonly born: string };

/** Throws when another living program holds the folder. The returned function gives the folder up. */
export function claimFolder(folder: string): () => void {
  const file = join(folder, "owner.json");
  const claim = JSON.stringify({ pid: process.pid, born: bornAt(process.pid) ?? "" } satisfies Claim);
  const holder = holderOf(folder);
  if (holder !== null) {
    throw new Error(
      `${folder} is in use by the running program ${holder}. Stop that one first, or use another folder or clone.`,
    );
  }
  rmSync(file, { force: true });
  writeFileSync(file, claim, { flag: "wx", mode: 0o644 });
  return () => rmSync(file, { force: true });
}

/** The process id of the living program that holds the folder, or null. */
export function holderOf(folder: string): number | null {
  const claim = readClaim(join(folder, "owner.json"));
  return claim && claim.born === bornAt(claim.pid) ? claim.pid : null;
}

function readClaim(file: string): Claim | null {
  try {
    const { pid, born } = JSON.parse(readFileSync(file, "utf8"));
    return Number.isInteger(pid) && typeof born === "string" ? { pid, born } : null;
  } catch {
    return null; // none, or cut short by a crash: nobody holds it
  }
}

/** When a process began, in words that no later process with the same id shares; null if it has ended. */
export function bornAt(pid: number): string | null {
  try {
    if (process.platform !== "linux")
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)])
        .toString()
        .trim();
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // proc(5): the name in parentheses may hold anything; after it come field 3, the state, and field 22, the start.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : `${boot} ${fields[19]}`;
  } catch {
    return null;
  }
}
