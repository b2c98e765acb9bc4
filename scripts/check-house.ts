/** Fails on every import that the rooms do not allow (scripts/rooms.ts) and says where and what to do. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkFile, type Manifest } from "./house.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folders = ["apps", "packages", "scripts", "e2e", "bench", "soak", "evals", "prisma"];
/** Of `test-atproto`, a package outside the workspaces, nothing is imported. */
const left = new Set(["node_modules", "generated", "dist", ".turbo", "test-atproto"]);
const isSource = (name: string) => /\.(ts|tsx|mts|cts|js|jsx|mjs|cjs)$/.test(name);

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && !left.has(entry.name)) yield* sources(path);
    else if (entry.isFile() && isSource(entry.name)) yield path;
  }
}

const manifests = new Map<string, Manifest>();

function manifestOf(room: string): Manifest {
  const folder = /^(apps|packages)\//.test(room) ? room : ".";
  const known = manifests.get(folder) ?? JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  manifests.set(folder, known);
  return known;
}

const atTop = readdirSync(root).filter(isSource);
const paths = [
  ...atTop,
  ...folders.filter((folder) => existsSync(join(root, folder))).flatMap((one) => [...sources(one)]),
];
const offences = paths.flatMap((path) => checkFile({ path, text: readFileSync(join(root, path), "utf8") }, manifestOf));
for (const { path, line, what } of offences) console.error(`${path}:${line} ${what}`);
console.log(`${paths.length} files, ${offences.length} offences against the rules of the house`);
process.exitCode = offences.length === 0 ? 0 : 1;
