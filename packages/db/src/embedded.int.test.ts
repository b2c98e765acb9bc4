import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bornAt } from "./claim.ts";
import { type EmbeddedOptions, type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded.ts";
import { isRoot } from "./embedded-place.ts";
import { migrate } from "./migrate.ts";

let made: string;
let folder: string;
let atTheEnd: (() => unknown)[];

/** Making a cluster takes a second or two: most tests start from a copy of this one, owners and modes included. */
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), "chorus-test-embedded-"));
  await (await startEmbeddedPostgres({ folder: made })).stop();
});

afterAll(() => rm(made, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chorus-test-embedded-"));
  atTheEnd = [() => rm(folder, { recursive: true, force: true })];
  execFileSync("cp", ["-a", `${made}/.`, folder]);
});

afterEach(async () => {
  for (const step of atTheEnd.reverse()) await step();
});

async function start(options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, ...options });
  atTheEnd.push(() => server.stop());
  return server;
}

const postgresUrl = (url: string) => url.replace(/chorus$/, "postgres");

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: postgresUrl(url) });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const postmasterOf = async (where: string) =>
  Number((await readFile(join(where, "data", "postmaster.pid"), "utf8")).split("\n")[0]);

/** Another program, with a bare environment, that starts the server and then does nothing. */
async function startProgram(): Promise<{ program: ChildProcess; url: string; postmaster: number }> {
  const source = `
    import { startEmbeddedPostgres } from ${JSON.stringify(fileURLToPath(new URL("./embedded.ts", import.meta.url)))};
    process.on("SIGINT", () => console.log("interrupted"));
    const { url } = await startEmbeddedPostgres({ folder: ${JSON.stringify(folder)} });
    console.log(url);
    setInterval(() => {}, 1000);`;
  const program = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", source], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    detached: true,
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "inherit"],
  });
  atTheEnd.push(() => program.kill("SIGKILL"));
  const [url] = await once(createInterface(program.stdout), "line");
  const postmaster = await postmasterOf(folder);
  atTheEnd.splice(1, 0, () => expect.poll(() => bornAt(postmaster), { timeout: 20_000 }).toBeNull());
  return { program, url: String(url), postmaster };
}

describe("embedded PostgreSQL", () => {
  it("is a UTF-8 PostgreSQL 18 with PostgreSQL's own durability", async () => {
    const { url } = await start();
    const [facts] = await ask(
      url,
      `SELECT current_setting('server_version_num')::int / 10000 AS major, current_setting('server_encoding') AS encoding,
              current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
              current_setting('max_connections') AS connections, current_setting('TimeZone') AS zone,
              lower('ÄÖ') AS lower, '退订' ~ '^\\w+$' AS letters`,
    );
    expect(facts).toEqual({
      major: 18,
      encoding: "UTF8",
      fsync: "on",
      commit: "on",
      connections: "200",
      zone: "UTC",
      lower: "äö",
      letters: true,
    });
  });

  it("lets nobody in without the password, from this machine only, and hides the password from other accounts", async () => {
    const { url, port } = await start();
    const wrong = new URL(postgresUrl(url));
    wrong.password = "guess";
    await expect(ask(wrong.href, "SELECT 1")).rejects.toThrow("password authentication failed");
    const [facts] = await ask(
      url,
      `SELECT current_setting('unix_socket_directories') AS sockets, (SELECT array_agg(DISTINCT auth_method) FROM pg_hba_file_rules) AS ways`,
    );
    expect(facts).toEqual({ sockets: "", ways: ["scram-sha-256"] });
    const outside = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .find((one) => !one.internal);
    if (outside) await expect(once(connect(port, outside.address), "connect")).rejects.toThrow("ECONNREFUSED");
    for (const file of ["password", "postgres.log"]) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "data"))).mode & 0o777).toBe(0o700);
  });

  it("keeps its data and password from one start to the next, and can be given a port and settings", async () => {
    const first = await start();
    await migrate(first.url);
    await ask(first.url, "CREATE TABLE kept AS SELECT 7 AS seven");
    await first.stop();
    const second = await start({ port: first.port, settings: { work_mem: "9MB" } });
    expect(second.url).toBe(first.url);
    expect(await ask(second.url, "SELECT seven, current_setting('work_mem') AS memory FROM kept")).toEqual([
      { seven: 7, memory: "9MB" },
    ]);
  });

  it("runs side by side with another one, and refuses a taken port by its number", async () => {
    const one = await start();
    const other = await start({ folder: join(folder, "other") });
    expect(one.port).not.toBe(other.port);
    expect(await ask(other.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await other.stop();
    await expect(start({ folder: join(folder, "other"), port: one.port })).rejects.toThrow(`port ${one.port} is taken`);
  });

  it("refuses a folder that a living program uses", async () => {
    const { url, program } = await startProgram();
    await expect(start()).rejects.toThrow(`is in use by the running program ${program.pid}`);
    expect(await ask(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("ends open transactions and leaves no process when it is stopped", async () => {
    const server = await start();
    const postmaster = await postmasterOf(folder);
    const client = new pg.Client({ connectionString: postgresUrl(server.url) });
    const cut = new Promise((resolve) => client.on("error", resolve));
    await client.connect();
    await client.query("BEGIN; CREATE TABLE unfinished (id int)");
    const before = performance.now();
    await Promise.all([server.stop(), server.stop()]);
    expect(performance.now() - before).toBeLessThan(15_000);
    expect(bornAt(postmaster)).toBeNull();
    await cut;
  });

  it("does not hear the terminal's Ctrl-C by itself", async () => {
    const { program, url } = await startProgram();
    const heard = once(createInterface(program.stdout ?? process.stdin), "line");
    process.kill(-Number(program.pid), "SIGINT"); // what a terminal does: the whole group
    expect(await heard).toEqual(["interrupted"]);
    expect(await ask(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("does not outlive a program that is killed, and starts again on what was committed", async () => {
    const { program, url, postmaster } = await startProgram();
    await ask(url, "CREATE TABLE kept AS SELECT 7 AS seven");
    program.kill("SIGKILL");
    await expect.poll(() => bornAt(postmaster), { timeout: 15_000 }).toBeNull();
    const again = await start();
    expect(await ask(again.url, "SELECT seven FROM kept")).toEqual([{ seven: 7 }]);
  });

  it("stops its own leftover when even the watcher was killed", async () => {
    const { program, url, postmaster } = await startProgram();
    await ask(url, "CREATE TABLE kept AS SELECT 7 AS seven");
    process.kill(await watcherOf(postmaster), "SIGKILL");
    program.kill("SIGKILL");
    await once(program, "exit");
    const lines: string[] = [];
    const again = await start({ onLog: (line) => lines.push(line) });
    expect(lines[0]).toBe(`stopped PostgreSQL (process ${postmaster}), left over from a program that died`);
    expect(bornAt(postmaster)).toBeNull();
    expect(await ask(again.url, "SELECT seven FROM kept")).toEqual([{ seven: 7 }]);
  });

  it("recovers when PostgreSQL itself was killed and its process id now belongs to a stranger", async () => {
    const first = await start();
    await ask(first.url, "CREATE TABLE kept AS SELECT 7 AS seven");
    const file = join(folder, "data", "postmaster.pid");
    const lines = (await readFile(file, "utf8")).split("\n");
    process.kill(await postmasterOf(folder), "SIGKILL");
    await first.stop();
    const stranger = spawn("sleep", ["60"], isRoot() ? { uid: (await stat(join(folder, "data"))).uid } : {});
    atTheEnd.push(() => stranger.kill());
    await writeFile(file, [String(stranger.pid), ...lines.slice(1)].join("\n"));
    const again = await start();
    expect(await ask(again.url, "SELECT seven FROM kept")).toEqual([{ seven: 7 }]);
    expect(stranger.exitCode).toBeNull();
  });

  it("begins anew when making the cluster was cut short", async () => {
    await rm(join(folder, "data"), { recursive: true });
    await mkdir(join(folder, "data.unfinished-1"));
    const { url } = await start();
    expect(await ask(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await expect(stat(join(folder, "data.unfinished-1"))).rejects.toThrow("ENOENT");
  });

  it("says what to do when the password is gone or the cluster is of another version", async () => {
    await writeFile(join(folder, "data", "PG_VERSION"), "17\n");
    await expect(start()).rejects.toThrow("was made by PostgreSQL 17; this is 18");
    await writeFile(join(folder, "data", "PG_VERSION"), "18\n");
    await rm(join(folder, "password"));
    await expect(start()).rejects.toThrow("is gone, and without it nobody can sign in");
  });

  it.runIf(isRoot())(
    "lives elsewhere for root when its account cannot walk to the folder, and is found again",
    async () => {
      await chmod(folder, 0o700);
      const closed = join(folder, "clone", ".chorus");
      const first = await start({ folder: closed });
      atTheEnd.unshift(() => rm(first.folder, { recursive: true, force: true }));
      expect(first.folder.startsWith(closed)).toBe(false);
      await ask(first.url, "CREATE TABLE kept AS SELECT 7 AS seven");
      await first.stop();
      const second = await start({ folder: closed });
      expect(second.folder).toBe(first.folder);
      expect(await ask(second.url, "SELECT seven FROM kept")).toEqual([{ seven: 7 }]);
    },
  );
});

async function watcherOf(postmaster: number): Promise<number> {
  const list = spawn("ps", ["-eo", "pid,args"], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const chunk of list.stdout) text += chunk;
  const line = text.split("\n").find((one) => one.includes("chorus-tether") && one.trim().endsWith(` ${postmaster}`));
  return Number(line?.trim().split(" ")[0]);
}
