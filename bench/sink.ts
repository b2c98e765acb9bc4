/** Where the measured mail goes: Debian's smtp-sink, which says yes to everything and counts; or a server that was named. */
import { spawn } from "node:child_process";
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@chorus/db/free-port";
import type { House } from "./house.ts";

export type Sink = {
  readonly url: string;
  readonly name: string;
  /** Mails taken so far and when the last was; null where the server does not tell us. */
  seen(): { readonly accepted: number; readonly lastAt: number } | null;
};

const missing = (program: string) =>
  `${program} is not here. It comes with Postfix: apt-get install postfix, or name a server of your own with --sink smtp://127.0.0.1:PORT.`;

/** Debian keeps Postfix's programs where only root's PATH leads. */
export function findProgram(name: string): string {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (!found) throw new Error(missing(name));
  return found;
}

export async function openSink(house: House, given: string | null): Promise<Sink> {
  if (given !== null) return { url: given, name: new URL(given).host, seen: () => null };
  const program = findProgram("smtp-sink");
  const port = await freePort();
  const counts = openSync(join(house.folder, "smtp-sink.counts"), "w+");
  // As root it wants an account to become; -c writes its counters with each mail, here into a file.
  const asWhom = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const child = spawn(program, [...asWhom, "-c", `127.0.0.1:${port}`, "1000"], { stdio: ["ignore", counts, "ignore"] });
  const kill = () => child.kill("SIGKILL");
  house.undo(() => {
    kill();
    closeSync(counts);
  });
  house.halt.onSecond(kill);
  await untilListening(port, () => child.exitCode !== null);
  return { url: `smtp://127.0.0.1:${port}`, name: "smtp-sink (Postfix)", seen: () => lastCount(counts) };
}

/** The end of the file is the newest count, and the file's own time is when the mail was taken. */
function lastCount(file: number): { accepted: number; lastAt: number } {
  const { size, mtimeMs } = fstatSync(file);
  const tail = Buffer.alloc(Math.min(size, 100));
  readSync(file, tail, 0, tail.length, size - tail.length);
  const counts = [...tail.toString("latin1").matchAll(/mesg=(\d+)\s*\r/g)];
  return { accepted: Number(counts.at(-1)?.[1] ?? 0), lastAt: mtimeMs };
}

export async function untilListening(port: number, isOver: () => boolean): Promise<void> {
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (isOpen) return;
    if (isOver()) throw new Error("smtp-sink ended as soon as it was started.");
    await sleep(20);
  }
}
