import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { z } from "zod";
import type { Halt } from "./halt.ts";
import { keepProcess } from "./keep-process.ts";

let folder: string;
let said: string[];
let failures: Error[];
let keeping: { halt: Halt; say: (line: string) => void };
const soon = { timeout: 15_000, interval: 20 };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chorus-keep-"));
  said = [];
  failures = [];
  const halt = { signal: new AbortController().signal, fail: (error: Error) => failures.push(error) };
  keeping = { halt: halt as unknown as Halt, say: (line) => said.push(line) };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Ends with each of these codes in turn, and then runs on. */
async function program(codes: readonly number[]) {
  const main = join(folder, "main.mjs");
  await writeFile(
    main,
    `import { existsSync, writeFileSync } from "node:fs";
     const codes = ${JSON.stringify(codes)};
     const run = codes.findIndex((_, n) => !existsSync(${JSON.stringify(folder)} + "/ran-" + n));
     writeFileSync(${JSON.stringify(folder)} + "/pid-of-" + (run < 0 ? codes.length : run), String(process.pid));
     process.send({ event: "ready", run });
     if (run >= 0) {
       writeFileSync(${JSON.stringify(folder)} + "/ran-" + run, "");
       setTimeout(() => process.exit(codes[run]), 100);
     }
     process.once("SIGTERM", () => process.exit(0));
     setInterval(() => {}, 1000);`,
  );
  const ready = z.object({ event: z.literal("ready"), run: z.number() });
  return { name: "worker", main, env: {}, logFile: join(folder, "worker.log"), ready };
}

it("a program that asks for a fresh process gets one, and its stop reaches the one that runs then", async () => {
  const kept = await keepProcess(await program([75, 75]), keeping);
  await vi.waitFor(() => expect(said).toHaveLength(2), soon);
  expect(said[0]).toContain("The worker ended with code 75");
  await kept.stop();
  const third = Number(await readFile(join(folder, "pid-of-2"), "utf8"));
  expect(() => process.kill(third, 0)).toThrow("ESRCH");
  expect(failures).toEqual([]);
});

it("a program that ends otherwise ends everything, with what it last said", async () => {
  await keepProcess(await program([1]), keeping);
  await vi.waitFor(() => expect(failures.map(String)).toEqual([expect.stringContaining("ended with code 1")]), soon);
  expect(said).toEqual([]);
});
