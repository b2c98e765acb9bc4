/** A channel is a folder, a line in a register and a stand-in: of the newest ones nothing else in the house knows the name. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const rooms = ["apps", "packages", "prisma", "scripts", "soak", "e2e", "bench", "evals"];
const left = new Set(["node_modules", "generated", "dist", ".turbo", "test-atproto"]);

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && !left.has(entry.name)) yield* files(path);
    else if (/\.(?:ts|mts|js|mjs|sql|prisma|html|css)$/.test(entry.name) && !/\.test\.ts$/.test(entry.name)) yield path;
  }
}
const sources = rooms.flatMap((room) => [...files(room)]);
const read = (path: string) => readFileSync(join(root, path), "utf8");

test.each(["bluesky", "mastodon"])(
  "%s is named by its folder, its lines and its stand-in, and by nothing else",
  (name) => {
    const named = sources.filter((path) => read(path).toLowerCase().includes(name));
    const own = (path: string) => path.startsWith(`packages/channels/src/${name}/`);
    expect(named.filter(own).length).toBeGreaterThan(5);
    expect(named.filter((path) => !own(path)).sort()).toEqual(
      [
        "packages/channels/src/accounts.ts",
        "packages/channels/src/registry.ts",
        "packages/channels/test/contract-samples.ts",
        "packages/channels/test/sandbox-process.ts",
        `packages/sandbox/src/${name}.ts`,
        "packages/sandbox/src/post-stand-ins.ts",
      ].sort(),
    );
    const register = read("packages/channels/src/registry.ts").split("\n");
    expect(register.filter((line) => line.startsWith("import") && line.includes(name))).toHaveLength(1);
  },
);
