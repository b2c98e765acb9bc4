import { describe, expect, it } from "vitest";
import { findImports, tokenize } from "./import-scan.ts";

const specifiers = (source: string) => findImports(tokenize(source)).map(({ specifier }) => specifier);

describe("the import scan", () => {
  it.each<[string, (string | null)[]]>([
    [`import "a";`, ["a"]],
    [`import a from 'a'`, ["a"]],
    [`import * as a from "a"; import type { B, C } from "@b/c";`, ["a", "@b/c"]],
    [`import a, { type b as c, "d-e" as f } from "a"`, ["a"]],
    [`import data from "./data.json" with { type: "json" };`, ["./data.json"]],
    [`import a, {\n  b, // from "not"\n  c,\n} from\n  "a"`, ["a"]],
    [`import { from } from "a"; import from from "b"`, ["a", "b"]],
    [`import a = require("a");`, ["a"]],
    [
      `export * from "a"; export * as b from "b"; export { c, type D } from "c"; export type { E } from "e"`,
      ["a", "b", "c", "e"],
    ],
    [`const a = await import("a"); import(\`b\`, { with: {} }).then(run)`, ["a", "b"]],
    [`type A = import("a").A; let b: typeof import("b")`, ["a", "b"]],
    [`import(name); import("a" + b); import(\`\${a}\`)`, [null, null, null]],
    [`require("a"); require.resolve("b"); import.meta.resolve("c")`, ["a", "b", "c"]],
    [`createRequire(import.meta.url); new URL("./x", import.meta.url); require.resolve(name)`, []],
    [`const a = \`\${run(\`\${await import("a")}\`)} import "b"\`; import "c"`, ["a", "c"]],
    [`const odd = /["'\`]/g; const half = size / 2 / count; import "a"`, ["a"]],
    [`if (/import "x"/.test(text)) run(); import "a"`, ["a"]],
    [`#!/usr/bin/env node\nimport "a"`, ["a"]],
    [`<p>Don't worry</p>;\nimport("a")`, ["a"]],
  ])("reads %s", (source, expected) => {
    expect(specifiers(source)).toEqual(expected);
  });

  it.each([
    `// import "a"`,
    `/* import "a" */`,
    `const text = "import 'a'";`,
    "const text = `import 'a'`;",
    `const kinds = { import: "imp", export: "exp" }; kinds.import; door.import("a"); door.require("b")`,
    `export const from = "a"; export default "b"; export function from() { return "c" }`,
    `export { a }; const b = "c"`,
  ])("finds nothing in %s", (source) => {
    expect(specifiers(source)).toEqual([]);
  });

  it("knows the line", () => {
    expect(findImports(tokenize("/*\n*/ const a = `\n`;\nimport 'a'"))).toEqual([{ specifier: "a", line: 4 }]);
  });
});
