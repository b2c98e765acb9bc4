// Makes a clone ready to run: installs packages when the lock file asks for others than are there, and generates the
// database client when the schema is newer than it. Does nothing, in a few milliseconds, when all is in place.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const lockFile = join(root, "package-lock.json");
const installedFile = join(root, "node_modules", ".package-lock.json"); // npm writes it last, when all went well
const stampFile = join(root, "node_modules", ".chorus-lock-sha256");
const schemaFile = join(root, "prisma", "schema.prisma");
const clientFile = join(root, "packages", "db", "src", "generated", "client.ts");

const writtenTogetherMs = 5_000;

export async function makeReady() {
  const stamp = createHash("sha256").update(readFileSync(lockFile)).digest("hex");
  if (!isInstalled(stamp)) {
    console.log("Installing packages from the npm registry: about a minute the first time.");
    // All kinds, whatever NODE_ENV says: the program runs from source. Scripts need no engine download (prisma.config.ts).
    await runNpm(["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"]);
  }
  if (readStamp() !== stamp) writeFileSync(stampFile, stamp);
  if (modifiedAt(clientFile) < modifiedAt(schemaFile)) {
    console.log("Generating the database client.");
    await runNpm(["run", "generate", "--loglevel=error"]);
  }
}

function isInstalled(stamp) {
  return existsSync(installedFile) && (readStamp() === stamp || isNewerThanLock());
}

function readStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, "utf8") : null;
}

/** A plain `npm install` or `npm ci` leaves no stamp of ours, and yet nothing to do: npm writes both files together. */
function isNewerThanLock() {
  return modifiedAt(installedFile) > modifiedAt(lockFile) - writtenTogetherMs;
}

function modifiedAt(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

/** On a terminal npm shows its own progress; elsewhere it is silent for a minute, so we say that it goes on. */
function runNpm(parameters) {
  const startedAt = performance.now();
  const npm = process.env.npm_execpath; // set when npm itself runs this script: the same npm, with the same Node
  const [program, first] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  const progress = setInterval(() => console.log(`  … npm ${parameters[0]} is at work, ${seconds()} s`), 10_000);
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: "1" };
  delete env.npm_config_loglevel;
  const child = spawn(program, [...first, ...parameters], {
    cwd: root,
    stdio: "inherit",
    env,
    shell: program === "npm",
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      clearInterval(progress);
      if (code !== 0)
        return reject(new Error(`npm ${parameters[0]} failed: see above. Is the npm registry reachable?`));
      console.log(`  npm ${parameters[0]} took ${seconds()} s.`);
      resolve();
    });
  });
}
