/** The levers against a ledger of many rows: how fast they answer, what they count, and what they tell the workers. */
import { setTimeout as sleep } from "node:timers/promises";
import { sendWithinMs } from "@chorus/core/message";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FenceNews, fenceChannel } from "./fence.ts";
import { lease } from "./lease.ts";
import type { Db } from "./open.ts";
import { permit } from "./permit.ts";
import { recordResults } from "./result.ts";
import { moveRunOf } from "./runs.ts";
import { releaseEverything, stopEverything } from "./stop.ts";
import { suppress } from "./suppressions.ts";
import {
  leaseTestRun,
  openTestLedger,
  plannedTestRun,
  type TestRun,
  type TestWorkspace,
  testRun,
  testWorkspace,
} from "./test-run.ts";
import { registerWorker } from "./workers.ts";

const many = 200_000;

let db: Db;
let close: () => Promise<void>;
let workspace: TestWorkspace;
let run: TestRun;
let listener: pg.Client;
let heard: FenceNews[] = [];

beforeAll(async () => {
  ({ db, close } = await openTestLedger());
  workspace = await testWorkspace(db);
  run = await testRun(db, { workspace });
  // As the expander leaves them; permits and leases look at nothing else of their contacts here.
  await db.sql.query(
    `with planned as (
       insert into message (run_id, workspace_id, contact_id, channel_no, locale, class, state)
       select $1, $2, n, $4, 'en', 2, 0 from generate_series(1, $3::int) n returning id, contact_id
     )
     insert into due (message_id, run_id, channel_no, lane, class, not_before, expires_at)
     select id, $1, $4, abs(mod(hashint8(contact_id), 16)), 2, chorus_now(), chorus_now() + interval '1 day' from planned`,
    [run.runId, workspace.id, many, db.channels.noOf("email")],
  );
  await db.sql.query("analyze message, due");
  listener = new pg.Client({ connectionString: db.url });
  await listener.connect();
  listener.on("notification", ({ payload }) => heard.push(JSON.parse(payload ?? "null")));
  await listener.query(`listen ${fenceChannel}`);
}, 60_000);
afterAll(async () => {
  await listener.end();
  await close();
});

/** What workers hear within a moment of an act. */
async function hear(act: () => Promise<unknown>): Promise<FenceNews[]> {
  await db.sql.query("select pg_notify($1, $2)", [fenceChannel, JSON.stringify({ run: "last" })]);
  while (heard.at(-1)?.run !== "last") await sleep(10); // what was told before is heard before
  heard = [];
  await act();
  for (let look = 0; look < 100 && heard.length === 0; look++) await sleep(10);
  return heard;
}

const move = (action: "pause" | "resume") =>
  moveRunOf(db, { workspaceId: workspace.id, runId: run.runId, action, personId: null });

/** Three are handed over; their contacts are made up, so the permit itself is given by hand. */
async function handOverSome(): Promise<void> {
  const workerId = await registerWorker(db, "test");
  for (const lane of [0, 7, 15]) {
    const wish = { channel: "email", class: "marketing", lane, workerId, limit: 20 } as const;
    const [first] = await lease(db, wish);
    await db.sql.query("update due set state = 2 where message_id = $1", [first?.messageId]);
  }
}

async function addressOf(runId: string): Promise<FenceNews> {
  const { rows } = await db.sql.query<FenceNews>(
    `select encode(address_hash, 'hex') as "addressHash" from message where run_id = $1`,
    [runId],
  );
  return rows[0] ?? {};
}

describe("a lever", () => {
  it(`D11: answers within 100 ms in 99 of 100 times over ${many} planned messages, and counts what a provider has`, async () => {
    await handOverSome();
    const took: number[] = [];
    for (let time = 0; time < 100; time++) {
      const since = performance.now();
      const moved = await move(time % 2 === 0 ? "pause" : "resume");
      took.push(performance.now() - since);
      expect(moved).toMatchObject({ is: "moved", alreadyWithProvider: 3 });
    }
    took.sort((a, b) => a - b);
    expect(took[98]).toBeLessThan(100);
  });

  it("D11: on everything answers as fast, with as many", async () => {
    const since = performance.now();
    expect(await stopEverything(db, { workspaceId: workspace.id, personId: null, because: "test" })).toEqual({
      ...{ stopped: 1, alreadyWithProvider: 3 },
    });
    expect(performance.now() - since).toBeLessThan(100);
    await releaseEverything(db, { workspaceId: workspace.id });
  });

  it("tells the workers which run, workspace or address it fenced, and a resume that they may go on", async () => {
    expect(await hear(() => move("pause"))).toEqual([{ run: run.runId }]);
    expect(await hear(() => move("resume"))).toEqual([{ run: run.runId }]);
    const stop = () => stopEverything(db, { workspaceId: workspace.id, personId: null, because: "test" });
    expect(await hear(stop)).toEqual([{ workspace: workspace.id }]);
    await releaseEverything(db, { workspaceId: workspace.id });
    const address = { workspaceId: workspace.id, channel: "email", addressHash: Buffer.from("c0ffee", "hex") };
    const optOut = () => suppress(db, db.sql, { ...address, reason: "unsubscribed", source: "link" });
    expect(await hear(optOut)).toEqual([{ addressHash: "c0ffee" }]);
  });

  it.each([
    ["no_such_address", "hard_bounce", 1],
    ["dead_number", null, 2],
  ] as const)(
    "is also an answer: %s tells workers of the address as soon as it is suppressed",
    async (reason, suppress, times) => {
      await move("pause"); // or its many would be leased first
      const other = await testWorkspace(db);
      const workerId = await registerWorker(db, "test");
      const settlement = { is: "failed", reason, detail: "no", suppress } as const;
      for (let time = 1; time <= times; time++) {
        const runId = await plannedTestRun(db, other, time === 1 ? 1 : 0);
        const leased = await leaseTestRun(db, { runId, workerId });
        await permit(db, leased, sendWithinMs);
        const results = leased.map(({ messageId }) => ({ runId, messageId, attempt: 1, settlement }));
        expect(results).toHaveLength(1);
        if (time < times) await recordResults(db, workerId, results);
        else expect(await hear(() => recordResults(db, workerId, results))).toEqual([await addressOf(runId)]);
      }
      await move("resume");
    },
  );

  it("bites at the permit of what was leased before it", async () => {
    const workerId = await registerWorker(db, "test");
    const leased = await lease(db, { channel: "email", class: "marketing", lane: 3, workerId, limit: 5 });
    expect(leased).toHaveLength(5);
    await move("pause");
    expect((await permit(db, leased, 1_000)).map((each) => each.is)).toEqual(Array(5).fill("hand_back"));
    expect(await lease(db, { channel: "email", class: "marketing", lane: 3, workerId, limit: 5 })).toEqual([]);
    await move("resume");
  });
});
