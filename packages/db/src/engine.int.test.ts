/** What a worker's start makes of the database it finds. The whole way, with a real worker: apps/cli/src/levers.int.test.ts. */
import { randomBytes } from "node:crypto";
import { messageStates } from "@chorus/core/message";
import pg from "pg";
import { afterEach, describe, expect, inject, it, onTestFinished } from "vitest";
import { beatEngine, type HighWater, startEngine } from "./engine.ts";
import { expandPage } from "./expand.ts";
import { type Leased, lease } from "./lease.ts";
import { type Db, openDb } from "./open.ts";
import { permit } from "./permit.ts";
import { listStops, readStop, releaseEverything } from "./stop.ts";
import { sweep } from "./sweep.ts";
import { openTestDatabase, type TestDatabase } from "./test-db.ts";
import { type TestWorkspace, testContacts, testRun, testWorkspace } from "./test-run.ts";
import { withDatabase } from "./test-template.ts";
import { registerWorker } from "./workers.ts";

const open: Db[] = [];
const databases: TestDatabase[] = [];
afterEach(async () => {
  for (const db of open.splice(0)) await db.close();
  for (const database of databases.splice(0)) await database.close();
});

async function openAt(url: string): Promise<Db> {
  const db = await openDb({ url, channels: ["email", "sms", "slack"], connections: 3 });
  open.push(db);
  return db;
}

/** A database that a worker has run on. */
async function openUsed(): Promise<Db> {
  const database = await openTestDatabase();
  databases.push(database);
  const db = await openAt(database.url);
  expect(await startEngine(db, null), "a database that no worker ever ran on").toEqual({ is: "goes_on" });
  return db;
}

async function administer(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** The files of a database, as they are now: what a dump restored elsewhere comes to. */
async function dumpOf(db: Db): Promise<string> {
  const server = inject("postgresUrl");
  const name = `dump_${randomBytes(6).toString("hex")}`;
  await db.close();
  open.splice(open.indexOf(db), 1);
  await administer(server, `create database ${name} template ${new URL(db.url).pathname.slice(1)} strategy file_copy`);
  databases.push({ url: name, close: () => administer(server, `drop database ${name} with (force)`) });
  return withDatabase(server, name);
}

/** As if nothing had beaten for so long. */
const fallSilent = (db: Db, minutes: number) =>
  db.sql.query("update engine_identity set last_beat = last_beat - make_interval(mins => $1)", [minutes]);

const leaseSome = (db: Db, workerId: string): Promise<Leased[]> =>
  Promise.all(
    Array.from({ length: 16 }, (_, lane) =>
      lease(db, { channel: "email", class: "marketing", lane, workerId, limit: 20 }),
    ),
  ).then((lanes) => lanes.flat());

/** A run of ten: some leased, two of them permitted, and whoever did it is gone with the machine. */
async function inMidSend(db: Db): Promise<TestWorkspace & { runId: string }> {
  const workspace = await testWorkspace(db);
  await testContacts(db, workspace.id, 10);
  const { runId } = await testRun(db, { workspace });
  while ((await expandPage(db, runId)).is === "page");
  const leased = await leaseSome(db, await registerWorker(db, "before"));
  await permit(db, leased.slice(0, 2), 600_000);
  return { ...workspace, runId };
}

const states = async (db: Db, table: "due" | "message") =>
  (await db.sql.query(`select state, count(*)::int from ${table} group by 1 order by 1`)).rows.map(Object.values);

describe("D14: a worker that starts", () => {
  it("on a restored dump sends nothing until somebody releases it, and what was under way is in doubt", async () => {
    const before = await openUsed();
    const { id, runId } = await inMidSend(before);
    const db = await openAt(await dumpOf(before));
    const start = await startEngine(db, null);
    expect(start).toEqual({ is: "held", because: expect.stringContaining("copy of the database"), workspaces: [id] });
    expect((await readStop(db, id))?.because).toMatch(/10 open messages.+release/);
    expect(await listStops(db)).toEqual([{ workspace: "Test shop", because: (await readStop(db, id))?.because }]);
    await sweep(db);
    expect(await states(db, "due"), "leased is waiting again").toEqual([[messageStates.waiting, 8]]);
    expect(await states(db, "message")).toEqual([
      [messageStates.waiting, 8],
      [messageStates.in_doubt, 2],
    ]);
    const workerId = await registerWorker(db, "after");
    expect(await leaseSome(db, workerId)).toEqual([]);
    expect(await startEngine(db, null), "the second worker of the same start").toEqual({ is: "goes_on" });
    expect(await leaseSome(db, workerId)).toEqual([]);
    await releaseEverything(db, { workspaceId: id });
    expect((await leaseSome(db, workerId)).map((each) => each.runId)).toEqual(Array(8).fill(runId));
  });

  it("on a copy with nothing but a plan is held too: it may have been called off since", async () => {
    const before = await openUsed();
    const workspace = await testWorkspace(before);
    const other = await testWorkspace(before);
    const { campaignId } = await testRun(before, { workspace });
    await before.sql.query("delete from run");
    await before.sql.query(
      "insert into schedule (workspace_id, campaign_id, next_at) values ($1, $2, chorus_now() + interval '1 day')",
      [workspace.id, campaignId],
    );
    const db = await openAt(await dumpOf(before));
    expect(await startEngine(db, null)).toMatchObject({ is: "held", workspaces: [workspace.id] });
    expect(await readStop(db, other.id)).toBeNull();
  });

  it("on a database that was restored in its place knows it by the file beside it", async () => {
    const db = await openUsed();
    await inMidSend(db);
    const { engine, lastBeat } = await beatEngine(db);
    const later = (by: Partial<HighWater>): HighWater => ({
      engine,
      lastBeat: new Date(lastBeat.getTime() + 1),
      ...by,
    });
    expect(await startEngine(db, { engine, lastBeat })).toEqual({ is: "goes_on" });
    const { lastBeat: present } = await beatEngine(db);
    const elsewhere = later({ engine: "00000000-0000-4000-8000-000000000000", lastBeat: new Date("2100-01-01") });
    expect(await startEngine(db, elsewhere), "another installation's file").toEqual({ is: "goes_on" });
    const hour = 3_600_000;
    const remembers = later({ lastBeat: new Date(present.getTime() + hour) });
    expect(await startEngine(db, remembers)).toMatchObject({
      is: "held",
      because: expect.stringContaining("restored"),
    });
  });

  it("after more than a quarter of an hour is held where something is open or overdue, and only there", async () => {
    const db = await openUsed();
    const { id } = await inMidSend(db);
    const idle = await testWorkspace(db);
    const overdue = await testWorkspace(db);
    const { campaignId } = await testRun(db, { workspace: overdue });
    await db.sql.query("delete from run where workspace_id = $1", [overdue.id]);
    await db.sql.query("insert into schedule (workspace_id, campaign_id, next_at) values ($1, $2, chorus_now())", [
      overdue.id,
      campaignId,
    ]);
    await fallSilent(db, 14);
    expect(await startEngine(db, null)).toEqual({ is: "goes_on" });
    await fallSilent(db, 16);
    const start = await startEngine(db, null);
    expect(start).toMatchObject({ is: "held", because: expect.stringContaining("No worker has run since") });
    expect(start.is === "held" && [...start.workspaces].sort()).toEqual([id, overdue.id].sort());
    expect(await readStop(db, idle.id)).toBeNull();
  });

  it("after a weekend with nothing open just starts", async () => {
    const db = await openUsed();
    const workspace = await testWorkspace(db);
    await testContacts(db, workspace.id, 3);
    await fallSilent(db, 3 * 24 * 60);
    expect(await startEngine(db, null)).toEqual({ is: "goes_on" });
  });

  it("on a server that was failed over is held, and so is one that was recovered to an earlier moment", async () => {
    const db = await openUsed();
    await inMidSend(db);
    await db.sql.query("update engine_identity set timeline = timeline + 1");
    expect(await startEngine(db, null)).toMatchObject({ is: "held" });
  });

  it("under an account that may not read the server's identifiers goes by what it may", async () => {
    const db = await openUsed();
    await inMidSend(db);
    const role = `limited_${randomBytes(4).toString("hex")}`;
    await administer(
      db.url,
      `create role ${role} login password 'limited'`,
      ...["tables", "sequences"].map((kind) => `grant all on all ${kind} in schema public to ${role}`),
      "revoke execute on function pg_control_system() from public",
      "revoke execute on function pg_walfile_name(pg_lsn) from public",
    );
    onTestFinished(() => administer(inject("postgresUrl"), `drop role if exists ${role}`));
    const url = new URL(db.url);
    Object.assign(url, { username: role, password: "limited" });
    const limited = await openAt(url.href);
    expect(await startEngine(limited, null)).toEqual({ is: "goes_on" });
    await fallSilent(limited, 16);
    expect(await startEngine(limited, null)).toMatchObject({ is: "held" });
    await limited.close();
    await administer(db.url, `drop owned by ${role}`);
    open.splice(open.indexOf(limited), 1);
  });
});
