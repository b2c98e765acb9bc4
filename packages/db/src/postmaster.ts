/**
 * One run of PostgreSQL's main process: from starting it to its last child's end.
 *
 * `postmaster.pid` in the data folder is PostgreSQL's own account of itself (miscadmin.h): line 1 its process id,
 * 2 the data folder, 4 the port, 8 the state, "ready" when it takes connections. It is gone after an orderly stop.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bornAt } from "./claim.ts";
import { handOver } from "./embedded-cluster.ts";
import type { Place } from "./embedded-place.ts";
import { asAccount, tether } from "./tether.ts";

export type Postmaster = { readonly pid: number; stop(): Promise<void> };
export type Start = { place: Place; programs: string; port: number; settings: Readonly<Record<string, string>> };
export type Started =
  | { is: "ready"; postmaster: Postmaster }
  | { is: "port_taken" }
  /** Children of a killed server still hold its memory; they end by themselves within seconds. */
  | { is: "old_children" };

/** Replaying the log after a crash takes time, at most about a minute per gigabyte of it; more than this is a fault. */
const readyWithinMs = 120_000;
const stopSteps = [
  { signal: "SIGINT", withinMs: 15_000 }, // fast: roll back, write everything out
  { signal: "SIGQUIT", withinMs: 8_000 }, // immediate: the next start replays the log; kills its children after 5 s
  { signal: "SIGKILL", withinMs: 2_000 },
] as const;
const maxLogBytes = 10_000_000;

export async function startPostmaster({ place, programs, port, settings }: Start): Promise<Started> {
  const log = openLog(place);
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(join(programs, "bin", "postgres"), ["-D", place.data, "-p", String(port), ...flags], {
    ...asAccount(place.account),
    cwd: place.folder,
    detached: true, // out of the terminal's group: the program that owns us stops its children in order
    stdio: ["ignore", log.file, log.file],
  });
  closeSync(log.file);
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve()); // could not be started at all
  });
  if (child.pid === undefined) throw new Error(`${child.spawnfile} could not be started`);
  const release = tether(child.pid, place.account);
  const over = ended.then(release);
  if (await isReady(child, place.data)) {
    child.unref();
    return { is: "ready", postmaster: { pid: child.pid, stop: () => stopChild(child, over) } };
  }
  await stopChild(child, over);
  return explain(readFileSync(log.path, "utf8").slice(log.from));
}

function openLog(place: Place): { path: string; file: number; from: number } {
  const path = join(place.folder, "postgres.log");
  if (existsSync(path) && statSync(path).size > maxLogBytes) renameSync(path, `${path}.1`);
  const file = openSync(path, "a", 0o600);
  handOver(path, place.account);
  return { path, file, from: readFileSync(path, "utf8").length };
}

async function isReady(child: ChildProcess, data: string): Promise<boolean> {
  for (const until = performance.now() + readyWithinMs; performance.now() < until; await sleep(5)) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    const lines = readPidFile(data);
    if (lines?.[0] === String(child.pid) && lines[7]?.trim() === "ready") return true;
  }
  return false;
}

function explain(said: string): Started {
  if (said.includes("Address already in use")) return { is: "port_taken" };
  if (said.includes("pre-existing shared memory block")) return { is: "old_children" };
  throw new Error(`PostgreSQL did not start. It said:\n${said.trim().split("\n").slice(-20).join("\n")}`);
}

async function stopChild(child: ChildProcess, over: Promise<void>): Promise<void> {
  child.ref();
  for (const { signal, withinMs } of stopSteps) {
    child.kill(signal);
    if (await within(over, withinMs)) return;
  }
  throw new Error(`PostgreSQL (process ${child.pid}) could not be stopped`);
}

async function within(promise: Promise<void>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  const isDone = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return isDone;
}

function readPidFile(data: string): string[] | null {
  try {
    return readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return null;
  }
}

/**
 * What an earlier program may have left when it died hard. A server of this very folder that still runs is stopped.
 * If the id in the file now belongs to a stranger, PostgreSQL would take that for a running server and refuse: the
 * line is then made to name this program, which PostgreSQL knows as its own parent and ignores. The file itself stays,
 * for it also tells PostgreSQL which shared memory to look at for children of the dead server.
 */
export async function endLeftover(data: string): Promise<{ stopped: number | null }> {
  const lines = readPidFile(data);
  const pid = Number(lines?.[0]);
  if (!lines || !Number.isInteger(pid) || pid <= 1 || bornAt(pid) === null) return { stopped: null };
  if (!isServerOf(pid, data)) {
    writeFileSync(join(data, "postmaster.pid"), [String(process.pid), ...lines.slice(1)].join("\n"));
    return { stopped: null };
  }
  for (const { signal, withinMs } of stopSteps) {
    process.kill(pid, signal);
    for (const until = performance.now() + withinMs; performance.now() < until; await sleep(20)) {
      if (bornAt(pid) === null || !isServerOf(pid, data)) return { stopped: pid };
    }
  }
  throw new Error(`an earlier PostgreSQL (process ${pid}) of ${data} could not be stopped`);
}

function isServerOf(pid: number, data: string): boolean {
  try {
    const words =
      process.platform === "linux"
        ? readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ")
        : execFileSync("ps", ["-ww", "-o", "args=", "-p", String(pid)]).toString();
    return words.includes(`/postgres -D ${data} `);
  } catch {
    return false;
  }
}
