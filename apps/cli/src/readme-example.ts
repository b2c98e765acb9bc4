/** A command of the README, for the test that runs it: what stands in the first block of code behind some words. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./settings.ts";

export function readmeCommand(after: string): string {
  const text = readFileSync(join(root, "README.md"), "utf8");
  const command = /```sh\n([\s\S]*?)```/.exec(text.slice(text.indexOf(after)))?.[1];
  if (!text.includes(after) || !command) throw new Error(`The README shows no command after "${after}".`);
  return command.trim();
}
