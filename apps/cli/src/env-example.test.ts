import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { variables as apiVariables, readConfig as readApi } from "@chorus/api/config";
import { readConfig as readSandbox, variables as sandboxVariables } from "@chorus/sandbox/config";
import { readConfig as readWorker, variables as workerVariables } from "@chorus/worker/config";
import { expect, test } from "vitest";
import { variables as cliVariables, readSettings, root } from "./settings.ts";

const file = readFileSync(join(root, ".env.example"), "utf8");
const listed = [...file.matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name ?? "");
const known = [...apiVariables, ...workerVariables, ...sandboxVariables, ...cliVariables];

test(".env.example lists exactly the variables that the processes read, each once", () => {
  expect([...listed].sort()).toEqual([...new Set(known.map((variable) => variable.name))].sort());
});

test("every variable says what it is for", () => {
  expect(known.filter((variable) => variable.description === "")).toEqual([]);
});

test("nothing in .env.example is set until somebody sets it", () => {
  expect(parseEnv(file)).toEqual({});
});

test("every example value is one that the processes take", () => {
  const values = parseEnv(file.replace(/^#(?=[A-Z][A-Z0-9_]*=)/gm, ""));
  expect(Object.keys(values).sort()).toEqual([...listed].sort());
  for (const read of [readApi, readWorker, readSandbox, readSettings]) expect(() => read(values)).not.toThrow();
});
