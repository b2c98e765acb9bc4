/** In a file of its own: what was read is counted for the whole database. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Db } from "./open.ts";
import { sweep } from "./sweep.ts";
import { openTestLedger, plannedTestRun, testWorkspace } from "./test-run.ts";

let db: Db;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
});
afterAll(() => close());

const inOneLane = 20_000;

it("however much one lane has due, to find the lanes reads none of it as a whole", async () => {
  const runId = await plannedTestRun(db, await testWorkspace(db), 3);
  await db.sql.query(
    `insert into due (message_id, run_id, channel_no, lane, class, not_before, expires_at)
     select -n, $1, 1, 0, 2, now() - interval '1 minute', now() + interval '1 day' from generate_series(1, $2) n`,
    [runId, inOneLane],
  );
  await db.sql.query("analyze due");
  const read = async () => {
    await db.sql.query("select pg_stat_force_next_flush()");
    const { rows } = await db.sql.query<{ read: number }>(
      "select seq_tup_read::int as read from pg_stat_user_tables where relname = 'due'",
    );
    return rows[0]?.read ?? 0;
  };
  await sleep(1_100); // what was read before is told once a second
  const before = await read();
  await sweep(db);
  await sleep(1_100);
  expect((await read()) - before, "one look through it all").toBeLessThan(2 * inOneLane);
});
