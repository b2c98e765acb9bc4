/** Which file of JavaScript starts a program of ours, given its source. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { root } from "./settings.ts";

const built = join(root, "dist");
/** Written into us by `npm run build`. */
const isBuilt = process.env.CHORUS_BUILT === "yes";
/** By source. What is started again is what it was at first, whatever has been written since. */
const made = new Map<string, Promise<string>>();

/** Made anew in every life of ours. If `npm run build` made us, it has made the others as well, and they are what is started. */
export async function programOf(main: string): Promise<string> {
  if (isBuilt) return join(built, `${basename(dirname(dirname(main)))}.mjs`);
  const known = made.get(main);
  if (known && existsSync(await known)) return await known;
  const making = make(main);
  made.set(main, making);
  making.catch(() => made.delete(main));
  return await making;
}

/** In a process of its own, so that no compiler stays with us. What NODE_OPTIONS asks for is meant for programs. */
async function make(main: string): Promise<string> {
  const build = join(root, "scripts", "build.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [build, main], {
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  return stdout.trimEnd();
}
