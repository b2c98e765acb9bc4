import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const build = fileURLToPath(new URL("./build.mjs", import.meta.url));
const cache = join(root, "node_modules", ".cache", "chorus");
const run = promisify(execFile);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "chorus-build-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program of a room of its own: its files by their path in the room. */
function write(files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, "greeter", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return join(folder, "greeter", "src", "start.ts");
}

const greeter = {
  "words.txt": "well met",
  "src/words.ts": `import { readFileSync } from "node:fs";
    export const words: string = readFileSync(new URL("../words.txt", import.meta.url), "utf8");`,
  "src/start.ts": `import { z } from "zod";
    import { words } from "./words.ts";
    console.log(z.string().parse(words));`,
};

async function make(main: string): Promise<string> {
  const { stdout } = await run(process.execPath, [build, main], { cwd: folder });
  return stdout.trimEnd();
}

const start = async (program: string) => (await run(process.execPath, [program], { cwd: tmpdir() })).stdout.trimEnd();

it("a program in one file finds its packages, and the files that lie beside its sources", async () => {
  const program = await make(write(greeter));
  expect(dirname(program)).toBe(cache);
  expect(await start(program)).toBe("well met");
});

it("parents that start the same sources at once share one file, and none of them ever sees half of it", async () => {
  const main = write(greeter);
  const parents = Array.from({ length: 5 }, async () => {
    const program = await make(main);
    return { program, said: await start(program) };
  });
  const done = await Promise.all(parents);
  expect(new Set(done.map(({ program }) => program)).size).toBe(1);
  for (const { said } of done) expect(said).toBe("well met");
  const left = readdirSync(cache).filter((name) => !/\.mjs(\.map)?$/.test(name));
  expect(left, "nothing unfinished stays").toEqual([]);
});

it("whoever starts a program after an edit starts what was written, and takes nothing from those before", async () => {
  const first = await make(write(greeter));
  const second = await make(write({ "src/words.ts": `export const words = "farewell";` }));
  expect(await start(second)).toBe("farewell");
  expect(await start(first)).toBe("well met");
});

it("what nobody has started for more than a day is cleared away", async () => {
  const [old, recent] = [join(cache, "old-start-AAAAAAAA.mjs"), join(cache, "recent-start-AAAAAAAA.mjs")];
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  mkdirSync(cache, { recursive: true });
  for (const file of [old, recent]) writeFileSync(file, "");
  utimesSync(old, hoursAgo(25), hoursAgo(25));
  utimesSync(recent, hoursAgo(23), hoursAgo(23));
  await make(write(greeter));
  expect([existsSync(old), existsSync(recent)]).toEqual([false, true]);
  rmSync(recent);
});

it("a start loads none of what only some processes ever need: providers' SDKs, the model's, the tracer, the language detector", async () => {
  const late = /^(?:import|\}) .*"(?:twilio|@slack\/|openai|tinyld|@opentelemetry\/(?!api"))[^"]*"/gm;
  for (const main of ["apps/worker/src/start.ts", "apps/api/src/start.ts", "apps/cli/src/main.ts"])
    expect([main, readFileSync(await make(join(root, main)), "utf8").match(late)]).toEqual([main, null]);
});

it("no package of ours has a version of its own of a package from outside, which a bundle at the top would not find", () => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  expect(Object.keys(packages).filter((path) => /^(apps|packages)\/[^/]+\/node_modules\//.test(path))).toEqual([]);
});
