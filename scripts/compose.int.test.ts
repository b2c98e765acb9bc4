/** The compose file and the image, as far as a machine without Docker can tell whether they stand together. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { dropDatabase } from "@chorus/db/drop-database";
import { freePort } from "@chorus/db/free-port";
import { withDatabase } from "@chorus/db/test-template";
import { afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { readComposeFile, type Service } from "./compose-file.ts";
import { type Rehearsal, type Running, rehearse } from "./compose-rehearsal.ts";
import { readImage } from "./image-file.ts";
import { findProgram } from "./test-redis.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const text = readFileSync(join(root, "docker-compose.yml"), "utf8");
const services = readComposeFile(text, { CHORUS_KEY: randomBytes(32).toString("base64") });
const named = (name: string): Service => services.find((each) => each.name === name) ?? expect.fail(`no ${name}`);
const redis = findProgram("redis-server") ? "redis" : "valkey";

/** What `npm run build` makes, and of which source. */
let built: { program: string; main: string }[];
beforeAll(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "scripts", "build.mjs")]);
  built = [...stdout.matchAll(/^(\S+) from (\S+),/gm)].map(([, program = "", main = ""]) => ({ program, main }));
});

const undo: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function prepare(): Promise<Rehearsal & { apiUrl: string }> {
  const folder = mkdtempSync(join(tmpdir(), "chorus-compose-"));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const database = withDatabase(inject("postgresUrl"), `compose_${randomBytes(4).toString("hex")}_demo`);
  undo.push(() => dropDatabase(database));
  const [api, smtp, http, queue] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const { hostname, port, username } = new URL(database);
  const pgIsReady = findProgram("pg_isready");
  return {
    apiUrl: `http://127.0.0.1:${api}`,
    services,
    root,
    folder,
    places: {
      "postgres://chorus:chorus@postgres:5432/chorus": database,
      "valkey:6379": `127.0.0.1:${queue}`,
      "0.0.0.0": "127.0.0.1",
      "127.0.0.1:3000": `127.0.0.1:${api}`,
      "127.0.0.1:4010": `127.0.0.1:${http}`,
      "127.0.0.1:2525": `127.0.0.1:${smtp}`,
      "/tmp/": `${folder}/`,
      "/var/lib/chorus/": `${folder}/`,
      ...Object.fromEntries(
        [
          ["3000", api],
          ["4010", http],
          ["2525", smtp],
        ].map(([from, to]) => [from, String(to)]),
      ),
    },
    imageEnvironment: readImage(root).environment,
    programs: {
      node: [process.execPath],
      "valkey-server": [
        `${redis}-server`,
        "--port",
        String(queue),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        folder,
      ],
      "valkey-cli": [`${redis}-cli`, "-p", String(queue)],
      // The test server runs already; where this machine has no client of it, the migration is the first to find out.
      pg_isready: pgIsReady ? [pgIsReady, "-h", hostname, "-p", port, "-d", "postgres", "-U", username] : null,
    },
  };
}

describe("docker compose up", () => {
  it.skipIf(!inject("redisUrl"))(
    "starts every service in its order until each one's healthcheck passes, and all of them end when asked to",
    { timeout: 240_000 },
    async () => {
      const place = await prepare();
      const running: Running = await rehearse(place);
      undo.push(() => running.stop());
      expect(running.completed).toEqual(["migrate"]);
      expect([...running.healthy].sort()).toEqual(["api", "postgres", "sandbox", "valkey", "worker"]);
      const readiness = await (await fetch(`${place.apiUrl}/readyz`)).json();
      expect(readiness).toMatchObject({ usable: true, queue: { detail: expect.stringMatching(/^redis/) } });
      const codes = await running.stop();
      expect(codes).toEqual({ postgres: 0, valkey: 0, migrate: 0, api: 0, sandbox: 0, worker: 0 });
    },
  );

  it("asks for the installation's key instead of inventing one", () => {
    expect(() => readComposeFile(text, {})).toThrow(/CHORUS_KEY: .*openssl rand/);
  });

  it("opens no port beyond this machine", () => {
    for (const { name, ports } of services)
      for (const port of ports) expect([name, port]).toEqual([name, expect.stringMatching(/^127\.0\.0\.1:/)]);
  });

  it("lets nobody wait for a health that is not checked, and every service that stays has a check", () => {
    for (const { dependsOn } of services)
      for (const [name, condition] of Object.entries(dependsOn))
        if (condition === "service_healthy") expect([name, named(name).healthcheck]).toEqual([name, expect.anything()]);
    const unchecked = services.filter((each) => each.healthcheck === null).map((each) => each.name);
    expect(unchecked).toEqual(["migrate"]);
  });

  it("D14: keeps how far the database had come outside of it, where a new container finds it", () => {
    const [, folder] = named("worker").volumes[0]?.split(":") ?? [];
    expect(named("worker").environment.WORKER_HIGH_WATER_FILE).toBe(`${folder}/high-water.json`);
    expect(named("postgres").volumes).not.toContain(named("worker").volumes[0]);
    expect(readImage(root).runs.join("\n")).toContain(`install -d -o node ${folder}`);
  });

  it("starts nothing that uses the database before the migration has ended well", () => {
    for (const name of ["api"]) expect(named(name).dependsOn.migrate).toBe("service_completed_successfully");
    for (const name of ["worker"]) expect(named(name).dependsOn.api).toBe("service_healthy");
  });
});

describe("the image", () => {
  const image = readImage(root);

  it("holds every file that a command of the compose file or of its own starts", () => {
    const commands = [
      ...services.filter((each) => each.image === null).map((each) => each.command ?? []),
      image.command,
    ];
    const files = commands.flat().filter((word) => word.endsWith(".mjs"));
    expect(files.length).toBeGreaterThanOrEqual(5);
    expect(new Set(files)).toEqual(new Set(built.map(({ program }) => program)));
    expect(image.made).toContain("dist");
  });

  it("holds what its programs read beside their sources", () => {
    const ways = /new URL\("([^"]+)", new URL\("\.\.\/([^"]+)", import\.meta\.url\)/g;
    const read = built.flatMap(({ program }) => [...readFileSync(join(root, program), "utf8").matchAll(ways)]);
    const files = new Set(read.map(([, way = "", source = ""]) => posix.join(posix.dirname(source), way)));
    const left = new Set(["data/online-retail/", "./", "prisma/migrations"]); // the demo's; the top; with the packages
    expect([...files].filter((file) => !left.has(file) && !image.holds(file))).toEqual([]);
    expect([...files]).toContain("packages/db/src/invariants.sql");
  });

  it("copies nothing that is not there, and every package's manifest before it installs", () => {
    expect(image.missing).toEqual([]);
    expect(image.manifests).toEqual(image.manifestsOfClone);
  });

  it("keeps this machine's packages, state, history and settings out, and tests with them", () => {
    for (const path of [
      ...[".git/HEAD", ".env", ".chorus/key", "node_modules/zod/index.js", "packages/db/src/generated/client.ts"],
      ...["apps/api/node_modules/x.js", "apps/api/src/json.test.ts", "coverage/index.html", "logs/api.log"],
    ])
      expect([path, image.ignores(path)]).toEqual([path, true]);
    for (const path of ["apps/api/src/start.ts", "packages/core/src/id.ts", "prisma/schema.prisma", "package.json"])
      expect([path, image.ignores(path)]).toEqual([path, false]);
  });

  it("runs as somebody who is not root, can be asked for its health, and is built on a named version", () => {
    expect(image.user).toBe("node");
    expect(image.hasHealthcheck).toBe(true);
    expect(image.base).toMatch(/^node:22\.\d+\.\d+-\w+-slim$/);
    expect(image.environment).toEqual({
      ...{ NODE_ENV: "production", API_HOST: "0.0.0.0", API_PORT: "3000" },
      ...{ MALLOC_ARENA_MAX: "2", NODE_OPTIONS: "--max-semi-space-size=8" },
    });
  });

  it("runs no package's install script, makes the database client and the programs, and leaves what only builders need behind", () => {
    expect(image.runs.join("\n")).toMatch(
      /npm ci --ignore-scripts[\s\S]*npm run generate[\s\S]*npm run build[\s\S]*npm prune --omit=dev --ignore-scripts/,
    );
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(dependencies, "nothing of the clone's own tools is needed at run time").toBeUndefined();
  });
});
