import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openTestDatabase, type TestDatabase } from "@chorus/db/test-db";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "./config.ts";
import { openApi } from "./open.ts";

const program = fileURLToPath(new URL("./start.ts", import.meta.url));
const installationKey = Buffer.alloc(32, 5).toString("base64");

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const environment = (over: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  DATABASE_URL: database.url,
  CHORUS_KEY: installationKey,
  ...over,
});
const start = (env: NodeJS.ProcessEnv) =>
  spawn(process.execPath, ["--import", "tsx", program], { env, stdio: ["ignore", "pipe", "pipe"] });

async function readyLine(child: ChildProcess): Promise<{ event: string; url: string }> {
  if (!child.stdout) throw new Error("no output");
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line);
    if (said.event === "api.ready") return said;
  }
  throw new Error("it ended before it was ready");
}

describe("the API as a process", () => {
  test("says where it listens in one line, and SIGTERM ends it cleanly", async () => {
    const child = start(environment());
    const ready = await readyLine(child);
    expect((await fetch(`${ready.url}/healthz`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("tells its parent where it listens, and ends when its parent is gone", async () => {
    const child = fork(program, { env: environment(), execArgv: ["--import", "tsx"], silent: true });
    const [ready] = await once(child, "message");
    expect(ready).toMatchObject({ event: "api.ready", url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    child.disconnect();
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("does not start with a wrong setting, and says which", async () => {
    const child = start(environment({ CHORUS_KEY: "short" }));
    let said = "";
    child.stderr?.on("data", (text) => {
      said += text;
    });
    expect(await once(child, "close")).toEqual([1, null]);
    expect(said).toContain("CHORUS_KEY");
    expect(said).not.toContain("short\n");
  });

  test("logs what it answers by route, without what was asked for", async () => {
    const child = start(environment());
    const { url } = await readyLine(child);
    let log = "";
    child.stdout?.on("data", (text) => {
      log += text;
    });
    await fetch(`${url}/v1/contacts?q=ann@example.com`, { headers: { authorization: "Bearer chorus_canary" } });
    await fetch(`${url}/u/canarycanarycanarycana`);
    child.kill("SIGTERM");
    await once(child, "close");
    expect(log).toContain('"route":"/v1/contacts"');
    expect(log).not.toMatch(/canary|example\.com/);
  });
});

describe("while PostgreSQL is away", () => {
  test("25: requests are answered 503 with Retry-After, /healthz still answers, and it recovers by itself", async () => {
    const relay = await openRelay(database.url);
    const config = readConfig({
      DATABASE_URL: relay.url,
      QUEUE_URL: database.url,
      CHORUS_KEY: installationKey,
      LOG_LEVEL: "silent",
    });
    const api = await openApi(config);
    const ask = () =>
      fetch(`${api.url}/v1/segments`, { headers: { authorization: `Bearer chorus_${"a".repeat(43)}` } });
    expect((await ask()).status).toBe(401);
    relay.cut();
    const away = await ask();
    expect([away.status, away.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await away.json()).toMatchObject({
      type: "urn:chorus:problem:unavailable",
      errors: [{ code: "database.unavailable" }],
    });
    expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${api.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ usable: false, postgres: { usable: false } });
    relay.mend();
    expect((await ask()).status).toBe(401);
    await api.close();
    await relay.close();
  });
});

/** Stands between us and PostgreSQL, and can be cut like a cable. */
async function openRelay(to: string) {
  const target = new URL(to);
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const url = new URL(to);
  url.hostname = "127.0.0.1";
  url.port = String(typeof address === "object" ? address?.port : "");
  return {
    url: url.href,
    cut: () => {
      isCut = true;
      for (const socket of open) socket.destroy();
    },
    mend: () => {
      isCut = false;
    },
    close: async () => {
      server.close();
      await once(server, "close");
    },
  };
}
