import { describe, expect, it } from "vitest";
import { checkFile, type Manifest, roomOf } from "./house.ts";
import { rooms } from "./rooms.ts";

/** Everything declared everywhere, so that only the rooms speak. */
const generous = (room: string): Manifest => {
  const names = [...Object.keys(rooms).map((name) => `@chorus/${name.split("/")[1]}`), ...(rooms[room]?.outside ?? [])];
  return { dependencies: Object.fromEntries(names.map((name) => [name, "1.0.0"])) };
};

const check = (path: string, text: string, manifestOf = generous) =>
  checkFile({ path, text }, manifestOf).map(({ line, what }) => `${line} ${what}`);

describe("the house", () => {
  it.each([
    ["packages/db/src/open.ts", `import { mayContact } from "@chorus/core/consent";`],
    ["packages/db/src/open.ts", `import { PrismaClient } from "./generated/client.ts";`],
    ["packages/sandbox/src/start.ts", `import { channels } from "@chorus/channels/registry";`],
    ["packages/prompts/src/brief.ts", `import { findFacts } from "@chorus/guards/facts";`],
    [
      "packages/channels/src/email/smtp.ts",
      `import "nodemailer/lib/smtp-connection"; import "../links.ts"; import "node:net";`,
    ],
    ["packages/core/src/id.ts", `import { createHmac } from "node:crypto"; import { z } from "zod";`],
    ["packages/core/src/id.test.ts", `import "node:fs"; import { it } from "vitest"; Date.now();`],
    ["packages/queue/src/ledger.int.test.ts", `import { openTestDatabase } from "@chorus/db/test-db";`],
    ["packages/db/src/test-db.ts", `import { inject } from "vitest";`],
    ["packages/channels/bench/smtp.ts", `import { samples } from "../test/samples.ts";`],
    ["apps/cli/src/up.ts", `import "@chorus/sandbox/start"; import "@chorus/db/embedded"; import "@chorus/api/start";`],
    ["e2e/campaign.test.ts", `import "@chorus/sandbox/people"; import "playwright-core";`],
  ])("allows %s to say %s", (path, text) => {
    expect(check(path, text)).toEqual([]);
  });

  it.each([
    ["packages/core/src/a.ts", `import "@chorus/db/open"`, "packages/core may import no other room"],
    ["packages/db/src/a.ts", `import type { Job } from "@chorus/queue/jobs"`, "packages/db may import packages/core"],
    ["packages/sandbox/src/a.ts", `export * from "@chorus/db/open"`, "packages/sandbox may import"],
    [
      "packages/channels/src/a.ts",
      `await import("@chorus/worker/start")`,
      "packages/channels may import packages/core",
    ],
    ["apps/worker/src/a.ts", `require("@chorus/sandbox/start")`, "apps/worker may import"],
    ["packages/db/src/a.ts", `type A = import("@chorus/prompts/writer").Writer`, "packages/db may import"],
    ["apps/dashboard/src/a.tsx", `import "@chorus/db/open"`, "apps/dashboard may import packages/core"],
    ["e2e/a.test.ts", `import "@chorus/worker/start"`, "e2e may import packages/sandbox"],
    ["packages/queue/src/a.ts", `import "@chorus/db/test-db"`, "made for tests only"],
    ["packages/db/src/a.ts", `import "./test-template.ts"`, "made for tests only"],
    ["packages/channels/src/a.ts", `import "../test/samples.ts"`, "made for tests only"],
    ["packages/queue/src/test-bench.ts", `import "@chorus/db/ledger"`, "packages/queue may import"],
    ["packages/queue/src/a.test.ts", `import "@chorus/db/ledger"`, "packages/queue may import"],
    ["apps/api/src/a.ts", `import "@chorus/db/generated/client"`, "which only packages/db itself may"],
    ["apps/api/src/a.ts", `import "@chorus/kitchen/stove"`, "a room that does not exist"],
    ["packages/channels/src/a.ts", `import "../../core/src/id.ts"`, "reaches out of its room"],
    ["packages/channels/src/a.ts", `import "../../../../elsewhere.ts"`, "reaches out of its room"],
    ["scripts/a.ts", `import "../packages/db/src/open.ts"`, "reaches out of its room"],
    ["packages/db/src/a.ts", `import "bullmq"`, "it lives in packages/queue, not in packages/db"],
    [
      "apps/worker/src/a.ts",
      `import pg from "pg"`,
      "it lives in packages/db, packages/queue, bench, not in apps/worker",
    ],
    ["packages/queue/src/a.ts", `import "left-pad/x"`, "no room has taken it in"],
    ["packages/core/src/a.ts", `import "fs"`, "no room has taken it in"],
    ["packages/db/src/a.ts", `import { it } from "vitest"`, "not in packages/db"],
    ["packages/db/src/a.ts", `import(name)`, "nobody can check"],
    ["packages/attic/src/a.ts", ``, "is in no room"],
    ["packages/core/src/a.ts", `import "node:fs"`, "core has no outside"],
    ["packages/core/src/a.ts", `const key = process.env.KEY`, "reads process.env"],
    ["packages/core/src/a.ts", `const at = Date.now()`, "reads the clock"],
    ["packages/core/src/a.ts", `const at = new Date()`, "reads the clock"],
    ["packages/core/src/a.ts", `const at = new Date;`, "reads the clock"],
  ])("refuses %s to say %s", (path, text, why) => {
    expect(check(path, text)).toEqual([expect.stringContaining(why)]);
  });

  it("lets core make dates out of given moments", () => {
    expect(check("packages/core/src/a.ts", `new Date(at); new Date(at.getTime() + 1); // Date.now()`)).toEqual([]);
  });

  it("wants every import in the package's own manifest, and a program's not only for its tests", () => {
    const own = () => ({ dependencies: { "@chorus/core": "0.1.0" }, devDependencies: { pg: "8.0.0" } });
    const text = `import "@chorus/core/id";\nimport "pg";\nimport "pg-copy-streams"`;
    expect(check("packages/db/src/a.ts", text, own)).toEqual([
      '2 imports "pg", which is not among the dependencies of packages/db/package.json',
      '3 imports "pg-copy-streams", which is not among the dependencies of packages/db/package.json',
    ]);
    expect(check("packages/db/src/a.test.ts", `import "pg"`, own)).toEqual([]);
    expect(check("prisma/seed.ts", `import "@chorus/db/open"`, own)).toEqual([]);
  });

  it("knows the room of a file", () => {
    expect(
      ["vitest.config.ts", "apps/api/src/routes/a.ts", "scripts/a.ts", "apps/x.ts", "attic/a.ts"].map(roomOf),
    ).toEqual([".", "apps/api", "scripts", null, null]);
  });

  it("names only rooms that the table has", () => {
    for (const { mayImport } of Object.values(rooms))
      for (const name of mayImport) expect(rooms).toHaveProperty([name]);
  });
});
