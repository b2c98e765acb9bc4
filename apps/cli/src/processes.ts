/**
 * The programs that this one starts: each a process in a group of its own, so that Ctrl-C reaches only us and we stop
 * them in order. They hold one end of a channel to us; when we die, however hard, they see it close and end.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readSync, statSync, truncateSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { programOf } from "./program-file.ts";

export type Wanted<Ready> = {
  /** As shown to people: "worker". */
  readonly name: string;
  /** The program's TypeScript file. */
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
  /** Takes what the program prints. Anew on every start. */
  readonly logFile: string;
  /** The message by which it says that it is ready. */
  readonly ready: z.ZodType<Ready>;
};

export type RunningProcess<Ready = unknown> = {
  readonly name: string;
  readonly pid: number;
  readonly ready: Ready;
  /** Resolves when the process is gone. */
  readonly ended: Promise<Ended>;
  /** Asks it to end, and insists after a while. Resolves when it is gone. */
  stop(): Promise<void>;
  /** At once, with everything it started. */
  kill(): void;
};

export type Ended = {
  /** A sentence about how it ended, and the last lines it printed. */
  readonly how: string;
  /** Null after a signal, or when it could not be started. */
  readonly code: number | null;
};

/** A start on a busy machine with two cores, its first one after an installation. */
const readyWithinMs = 120_000;
/** A worker finishes or hands back within 25 s of being asked. */
const stopWithinMs = 28_000;
const shownLines = 15;
const shownBytes = 8_000;

/** Resolves when the program says that it is ready; throws, with nothing left running, when it does not in time. */
export async function startProcess<Ready>(wanted: Wanted<Ready>, signal: AbortSignal): Promise<RunningProcess<Ready>> {
  signal.throwIfAborted();
  const program = await programOf(wanted.main);
  signal.throwIfAborted();
  const child = launch(program, wanted);
  const ended = endOf(child, wanted);
  const stop = async () => {
    child.kill("SIGTERM");
    if (!(await within(stopWithinMs, ended))) kill();
    await ended;
  };
  const kill = () => killGroup(child);
  try {
    const ready = await readiness({ child, ended, wanted, signal });
    return { name: wanted.name, pid: child.pid ?? 0, ready, ended, stop, kill };
  } catch (error) {
    kill();
    await ended;
    throw error;
  }
}

/**
 * Most of what a worker allocates lives for one message. Half of the usual young generation (16 MiB), and two of glibc's
 * arenas for all threads, keep it smaller for the same processor time; the rest is the worker's own (apps/worker/src/start.ts).
 */
const frugal = { flags: ["--max-semi-space-size=8"], env: { MALLOC_ARENA_MAX: "2" } };

function launch(program: string, { env, logFile }: Wanted<unknown>): ChildProcess {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, "a", 0o600);
  truncateSync(logFile);
  const child = spawn(process.execPath, [...frugal.flags, program], {
    env: { ...frugal.env, ...process.env, ...env },
    stdio: ["ignore", log, log, "ipc"],
    detached: true,
  });
  closeSync(log);
  return child;
}

function endOf(child: ChildProcess, { name, logFile }: Wanted<unknown>): Promise<Ended> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ how: `The ${name} could not be started: ${error.message}`, code: null }));
    child.once("exit", (code, signal) => {
      killGroup(child); // what it started itself
      const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
      resolve({ how: `The ${name} ${how}. It last said:\n${lastLines(logFile)}\n(${logFile})`, code });
    });
  });
}

type Starting<Ready> = { child: ChildProcess; ended: Promise<Ended>; wanted: Wanted<Ready>; signal: AbortSignal };

function readiness<Ready>({ child, ended, wanted, signal }: Starting<Ready>): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const seconds = readyWithinMs / 1000;
    const late = () =>
      reject(
        new Error(`The ${wanted.name} was not ready within ${seconds} s. It last said:\n${lastLines(wanted.logFile)}`),
      );
    const timer = setTimeout(late, readyWithinMs);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", interrupted);
      act();
    };
    const interrupted = () => settle(() => reject(signal.reason));
    signal.addEventListener("abort", interrupted);
    void ended.then(({ how }) => settle(() => reject(new Error(how))));
    child.on("message", (message) => {
      const read = wanted.ready.safeParse(message);
      if (read.success) settle(() => resolve(read.data));
    });
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // it is gone already
  }
}

/** Whether the promise settles in time. */
async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  const isDone = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return isDone;
}

function lastLines(file: string): string {
  const { size } = statSync(file);
  const bytes = Buffer.alloc(Math.min(size, shownBytes));
  const opened = openSync(file, "r");
  readSync(opened, bytes, 0, bytes.length, size - bytes.length);
  closeSync(opened);
  const lines = bytes.toString("utf8").trimEnd().split("\n").slice(-shownLines);
  return lines.map((line) => `  ${line}`).join("\n") || "  (nothing)";
}
