import { afterAll, beforeAll, expect, it } from "vitest";
import { expandPage } from "./expand.ts";
import { handBack, lease } from "./lease.ts";
import type { Db } from "./open.ts";
import { openTestLedger, type TestWorkspace, testContacts, testRun, testWorkspace } from "./test-run.ts";
import { registerWorker } from "./workers.ts";

let db: Db;
let close: () => Promise<void>;
let many: TestWorkspace;
let one: TestWorkspace;
let workerId: string;
const lane = { channel: "email", class: "marketing", lane: 3 } as const;

beforeAll(async () => {
  ({ db, close } = await openTestLedger());
  workerId = await registerWorker(db, "test");
  [many, one] = [await testWorkspace(db), await testWorkspace(db)];
  for (const [workspace, runs] of [[many, 3] as const, [one, 1] as const]) {
    await testContacts(db, workspace.id, 200);
    for (let run = 0; run < runs; run++) {
      const { runId } = await testRun(db, { workspace });
      while ((await expandPage(db, runId)).is === "page");
    }
  }
});
afterAll(() => close());

it("D16: workspaces take turns, however many runs they have, and so do a workspace's runs", async () => {
  const turns: { workspaceId: string; runId: string }[] = [];
  for (let turn = 0; turn < 6; turn++) turns.push(...(await lease(db, { ...lane, workerId, limit: 1 })));
  const last = turns.slice(-4).map(({ workspaceId }) => workspaceId);
  expect(last.filter((id) => id === one.id)).toHaveLength(2);
  expect(new Set(last.slice(0, 2)).size, "one after the other").toBe(2);
  const runs = turns.filter(({ workspaceId }) => workspaceId === many.id).map(({ runId }) => runId);
  expect(new Set(runs).size).toBe(runs.length);
});

it("D16: a workspace without room is passed over, and another gives as many as it has room for", async () => {
  const rooms = [
    { workspaceId: many.id, limit: 0 },
    { workspaceId: one.id, limit: 2 },
  ];
  const leased = await lease(db, { ...lane, workerId, limit: 10, rooms });
  expect(leased.map(({ workspaceId }) => workspaceId)).toEqual([one.id, one.id]);
  expect(await lease(db, { ...lane, workerId, limit: 0 })).toEqual([]);
});

it("what comes back is leased again when its time has come, and at once where none was said", async () => {
  const [later, now] = await lease(db, { ...lane, workerId, limit: 2 });
  if (!later || !now) throw new Error("The lane was empty.");
  await handBack(db, [{ ...later, inMs: 60_000 }, now]);
  const { rows } = await db.sql.query(
    "select message_id, not_before > chorus_now() + interval '50 seconds' as is_later from due where message_id = any($1) and state = 0",
    [[later.messageId, now.messageId]],
  );
  const told = new Map(rows.map((row) => [row.message_id, row.is_later]));
  expect([told.get(later.messageId), told.get(now.messageId)]).toEqual([true, false]);
});
