// Makes each of our programs one file of JavaScript: a start reads that in place of hundreds of sources.
//   node scripts/build.mjs              what an installation runs, into dist/
//   node scripts/build.mjs SOURCE.ts    one program, into the cache under node_modules; prints its path and nothing else
import { randomUUID } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const programs = [
  "apps/api/src/start.ts",
  "apps/worker/src/start.ts",
  "apps/cli/src/main.ts",
  "packages/sandbox/src/start.ts",
];
/** Every edit leaves some 7 MB behind. A parent that lives longer and starts something anew makes it again. */
const keptInCacheMs = 24 * 3_600_000;

async function makeForInstallation(main) {
  const folder = folderAt(join(root, "dist"));
  // Whoever was made here starts what was made beside it: an image has no compiler (apps/cli/src/program-file.ts).
  const define = { "process.env.CHORUS_BUILT": JSON.stringify("yes") };
  const path = await bundle(join(root, main), { folder, name: roomOf(main), define });
  console.log(`${relative(root, path)} from ${main}, ${Math.round(statSync(path).size / 1000)} kB`);
}

/** Named by its content: parents that start the same sources share it, and none takes a file away from another. */
async function makeForNow(main) {
  const folder = folderAt(join(root, "node_modules", ".cache", "chorus"));
  clear(folder);
  console.log(await bundle(main, { folder, name: `${roomOf(main)}-${basename(main, ".ts")}-[hash]` }));
}

const roomOf = (main) => basename(dirname(dirname(main)));

/** Where the folder really is, because that is what a program there will see. */
function folderAt(path) {
  mkdirSync(path, { recursive: true });
  return realpathSync(path);
}

/** Our sources in one file, the packages from outside where npm put them. Answers where the program is. */
async function bundle(main, { folder, name, define = {} }) {
  const { outputFiles } = await build({
    entryPoints: [main],
    outdir: folder,
    entryNames: name,
    define,
    outExtension: { ".js": ".mjs" },
    write: false,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: "linked", // read only under --enable-source-maps, or by a debugger
    plugins: [outsideStaysOutside, filesBesideSources(folder)],
    logLevel: "silent",
  });
  // The map first: whoever sees the program sees its map. Each appears whole, whoever else writes it in this moment.
  const inOrder = outputFiles.toSorted((a, b) => Number(b.path.endsWith(".map")) - Number(a.path.endsWith(".map")));
  for (const { path, contents } of inOrder) {
    const unfinished = `${path}.${randomUUID()}`;
    writeFileSync(unfinished, contents);
    renameSync(unfinished, path);
  }
  return inOrder.at(-1).path;
}

const outsideStaysOutside = {
  name: "outside-stays-outside",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path }) => (path.startsWith("@chorus/") ? undefined : { path, external: true }));
  },
};

/** A source finds the files beside it by import.meta.url: from the bundle, that is the way back to the source. */
const filesBesideSources = (folder) => ({
  name: "files-beside-sources",
  setup({ onLoad }) {
    onLoad({ filter: /\.m?[jt]s$/ }, ({ path }) => {
      const way = JSON.stringify(relative(folder, path).split(sep).map(encodeURIComponent).join("/"));
      const contents = readFileSync(path, "utf8").replaceAll(
        "import.meta.url",
        `new URL(${way}, import.meta.url).href`,
      );
      return { contents, loader: path.endsWith("ts") ? "ts" : "js" };
    });
  },
});

function clear(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (mtimeMs < Date.now() - keptInCacheMs) rmSync(path, { force: true });
  }
}

async function make([source]) {
  if (source !== undefined) return await makeForNow(resolve(source));
  for (const main of programs) await makeForInstallation(main);
}

await make(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
