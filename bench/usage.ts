/** What a process and everything it started have used: read from /proc, which only Linux has. */
import { readdirSync, readFileSync } from "node:fs";

/** The kernel counts for programs in hundredths of a second, whatever its own clock does. */
const ticksPerSecond = 100;

type Stat = { readonly parent: number; readonly ticks: number };

/** Seconds of processor time since each began, those of children that have ended among them. */
export function cpuSeconds(roots: readonly number[]): number {
  const stats = readAll();
  const ticks = [...stats].filter(([pid]) => isUnder(pid, roots, stats)).map(([, stat]) => stat.ticks);
  return ticks.reduce((sum, each) => sum + each, 0) / ticksPerSecond;
}

/** Memory that the process holds now, in bytes; 0 when it is gone. */
export function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1];
  return Number(kib ?? 0) * 1024;
}

function isUnder(pid: number, roots: readonly number[], stats: ReadonlyMap<number, Stat>): boolean {
  for (let at: number | undefined = pid; at; at = stats.get(at)?.parent) if (roots.includes(at)) return true;
  return false;
}

function readAll(): Map<number, Stat> {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return new Map(pids.flatMap((pid) => readStat(pid)));
}

/** The program's name stands in brackets and may hold anything, brackets too: what counts comes after the last one. */
function readStat(pid: string): [number, Stat][] {
  const text = read(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (fields.length < 15) return [];
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return [[Number(pid), { parent: Number(fields[1]), ticks }]];
}

/** Processes end while they are looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
