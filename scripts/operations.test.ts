import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const page = read("docs/operations.md");

it("the operations page names only files that there are", () => {
  const files = [...page.matchAll(/\b(?:apps|packages|scripts|docs|prisma)\/[\w./-]+\.\w+/g)].map(([path]) => path);
  const links = [...page.matchAll(/\]\(([\w./-]+)\)/g)].map(([, path]) => join("docs", path ?? ""));
  expect(files.length + links.length).toBeGreaterThan(5);
  expect([...files, ...links].filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

it("the operations page names only settings that .env.example lists", () => {
  const listed = [...read(".env.example").matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name);
  const theirs = ["SERVER_URL", "KEY"]; // of the examples themselves
  const named = [...page.matchAll(/(?:\$\{?|`)([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)\b(?==|`|"|\/|:)/g)].map(
    ([, name]) => name ?? "",
  );
  expect(named.length).toBeGreaterThan(6);
  expect([...new Set(named)].filter((name) => !listed.includes(name) && !theirs.includes(name))).toEqual([]);
});

it("the operations page names only columns that the migrations make", () => {
  const sql = read("prisma/migrations/0001_first_campaign/migration.sql");
  for (const name of ["blocked_because", "state_because", "next_at", "alive_until", "not_before", "resolved_at"])
    expect([name, sql.includes(name)]).toEqual([name, true]);
});
