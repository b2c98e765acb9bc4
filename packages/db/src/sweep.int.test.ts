import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Db } from "./open.ts";
import { sweep } from "./sweep.ts";
import { leaseTestRun, openTestLedger, plannedTestRun, testWorkspace } from "./test-run.ts";
import { registerWorker, retireWorker } from "./workers.ts";

let db: Db;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
});
afterAll(() => close());
beforeEach(async () => {
  await db.sql.query("delete from due");
  await db.sql.query("update due_look set looked_at = '-infinity'");
});

async function fill(count: number, expiresIn: string): Promise<void> {
  await db.sql.query(
    `insert into due (message_id, run_id, channel_no, lane, class, not_before, expires_at)
     select -n, 0, 1, 0, 2, now() + interval '1 day', now() + $2::interval from generate_series(1, $1) n`,
    [count, expiresIn],
  );
}
const fillers = async () => (await db.sql.query("select from due where message_id < 0")).rowCount;
const heldBy = async (workerId: string) =>
  (await db.sql.query("select from due where worker_id = $1", [workerId])).rowCount;

async function leasedByTheDead(): Promise<string> {
  const runId = await plannedTestRun(db, await testWorkspace(db), 3);
  const workerId = await registerWorker(db, "short-lived");
  await leaseTestRun(db, { runId, workerId });
  await retireWorker(db, workerId);
  return workerId;
}

it("what a dead worker held is found with every look, while little waits", async () => {
  for (let times = 0; times < 2; times++) {
    const workerId = await leasedByTheDead();
    await sweep(db, { looks: "in turn" });
    expect(await heldBy(workerId)).toBe(0);
    await sleep(20);
  }
});

it("the more waits, the more rarely all of it is read, by all workers together; doors are knocked on all the same", async () => {
  await fill(400_000, "2 days"); // a look every two seconds
  await sweep(db, { looks: "in turn" });
  const workerId = await leasedByTheDead();
  expect(await sweep(db, { looks: "in turn" })).not.toBeNull();
  expect(await heldBy(workerId)).toBe(3);
  await db.sql.query("update due_look set looked_at = looked_at - interval '10 seconds'");
  await sweep(db, { looks: "in turn" });
  expect(await heldBy(workerId)).toBe(0);
});

it("a look that a wrong clock noted in the future does not end all looking", async () => {
  await db.sql.query("update due_look set looked_at = now() + interval '1 year'");
  const workerId = await leasedByTheDead();
  await sweep(db, { looks: "in turn" });
  expect(await heldBy(workerId)).toBe(0);
});

it("what has expired in great numbers goes in slices, one with each look", async () => {
  await fill(6_000, "0");
  await sweep(db, { looks: "in turn" });
  expect(await fillers()).toBe(1_000);
  await sweep(db, { looks: "in turn" });
  expect(await fillers()).toBe(0);
});
