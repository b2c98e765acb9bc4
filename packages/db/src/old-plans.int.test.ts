/** The ledger's statements are planned once for each connection, maybe on the first day of an installation. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { expandPage } from "./expand.ts";
import { lease } from "./lease.ts";
import type { Db } from "./open.ts";
import { permit } from "./permit.ts";
import { recordResults } from "./result.ts";
import { openTestLedger, type TestWorkspace, testContacts, testRun, testWorkspace } from "./test-run.ts";
import { registerWorker } from "./workers.ts";

let db: Db;
let close: () => Promise<void>;
let workerId: string;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
  workerId = await registerWorker(db, "test");
});
afterAll(() => close());

const contacts = 4_000;
const batch = 20;

async function plan(contacts: number): Promise<TestWorkspace> {
  const workspace = await testWorkspace(db);
  await testContacts(db, workspace.id, contacts);
  const { runId } = await testRun(db, { workspace });
  while ((await expandPage(db, runId)).is === "page");
  return workspace;
}

/** One batch of one lane, all the way; how many there were. */
async function send({ id }: TestWorkspace, lane: number): Promise<number> {
  const rooms = [{ workspaceId: id, limit: batch }];
  const leased = await lease(db, { channel: "email", class: "marketing", lane, workerId, limit: 0, rooms });
  await permit(db, leased, 60_000);
  const settlement = { is: "accepted", providerMessageId: "x" } as const;
  await recordResults(
    db,
    workerId,
    leased.map((message) => ({ ...message, attempt: 1, settlement })),
  );
  return leased.length;
}

/** Rows of the big tables that statements of the ledger's connections have read so far. */
async function rowsRead(): Promise<number> {
  await db.ledger.query("select pg_stat_force_next_flush()");
  const { rows } = await db.sql.query<{ read: number }>(
    `select sum(coalesce(idx_tup_fetch, 0) + seq_tup_read)::int as read from pg_stat_user_tables
      where relname in ('message', 'due', 'send', 'contact', 'address')`,
  );
  return rows[0]?.read ?? 0;
}

it("plans made on empty tables read as few rows of full ones", async () => {
  await db.sql.query("vacuum analyze");
  expect(await send(await plan(200), 0)).toBeGreaterThan(0); // the connection's plans are made here
  const large = await plan(contacts);
  const before = await rowsRead();
  let sent = 0;
  for (let lane = 0; lane < 8; lane++) sent += await send(large, lane);
  expect(sent).toBe(8 * batch);
  expect(((await rowsRead()) - before) / sent).toBeLessThan(40);
});
