import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { programOf } from "./program-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "chorus-program-"));
  mkdirSync(join(folder, "src"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(text: string): string {
  const main = join(folder, "src", "start.ts");
  writeFileSync(main, text);
  return main;
}
const said = (program: string) => execFileSync(process.execPath, [program], { encoding: "utf8" }).trimEnd();

it("what is started again is what was started first, also when its sources have been edited in between", async () => {
  const first = await programOf(write(`console.log("first")`));
  const again = await programOf(write(`console.log("second")`));
  expect(again).toBe(first);
  expect(said(again)).toBe("first");
});

it("is made again when somebody has cleared it away", async () => {
  const main = write(`console.log("here")`);
  rmSync(await programOf(main));
  expect(said(await programOf(main))).toBe("here");
});

it("says what is wrong with a source that cannot be compiled, and takes it once it is mended", async () => {
  const main = write(`console.log("broken"`);
  await expect(programOf(main)).rejects.toThrow(/start\.ts:1:\d+: ERROR: Expected "\)"/);
  write(`console.log("mended")`);
  expect(said(await programOf(main))).toBe("mended");
});
