/** What operators see of lanes and workers, counted from rows as a campaign leaves them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readLanes } from "./lanes.ts";
import { type Db, openDb } from "./open.ts";
import { openTestDatabase, type TestDatabase } from "./test-db.ts";
import { beat, listWorkers, registerWorker, retireWorker } from "./workers.ts";

let database: TestDatabase;
let db: Db;
const workspaces: string[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  db = await openDb({ url: database.url, channels: ["email", "sms"], connections: 2 });
  for (const name of ["ours", "theirs"]) workspaces.push(await addWorkspace(name));
});
afterAll(async () => {
  await db.close();
  await database.close();
});

async function addWorkspace(name: string): Promise<string> {
  const { rows } = await db.sql.query(
    `insert into workspace (name, kind, locale, time_zone, currency, sender, voice)
     values ($1, 'sandbox', 'en', 'UTC', 'GBP', '{}', '{}') returning id`,
    [name],
  );
  return rows[0]?.id;
}

describe("a lane", () => {
  it("is counted by channel, class and number, with the age of its oldest due message", async () => {
    const { rows } = await db.sql.query(
      "insert into run (workspace_id, state, segment_versions, plan) values ($1, 'sending', '{}', '{}') returning id",
      [workspaces[0]],
    );
    const email = db.channels.noOf("email");
    await db.sql.query(
      `insert into due (message_id, run_id, channel_no, lane, class, not_before, expires_at, state) values
        (1, $1, $2, 3, 2, chorus_now() - interval '90 seconds', chorus_now() + interval '1 day', 0),
        (2, $1, $2, 3, 2, chorus_now() - interval '20 seconds', chorus_now() + interval '1 day', 0),
        (3, $1, $2, 3, 2, chorus_now() + interval '1 hour', chorus_now() + interval '1 day', 0),
        (4, $1, $2, 3, 2, chorus_now(), chorus_now() + interval '1 day', 1),
        (5, $1, $2, 3, 2, chorus_now(), chorus_now() + interval '1 day', 2),
        (6, $1, $2, 3, 0, chorus_now(), chorus_now() + interval '1 day', 2)`,
      [rows[0]?.id, email],
    );
    const lanes = await readLanes(db, workspaces[0] ?? "");
    expect(lanes.map(({ class: name, lane, due, leased, sending }) => [name, lane, due, leased, sending])).toEqual([
      ["security", 3, 0, 0, 1],
      ["marketing", 3, 2, 1, 1],
    ]);
    expect(lanes[1]?.oldestDueInSeconds).toBeGreaterThanOrEqual(90);
    expect(lanes[1]?.oldestDueInSeconds).toBeLessThan(150);
    expect(await readLanes(db, workspaces[1] ?? "")).toEqual([]);
  });
});

describe("a worker's beat", () => {
  const tally = (workspace: number, permits: number) =>
    ({ workspaceId: workspaces[workspace] ?? "", channel: "sms", class: "transactional", lane: 9, permits }) as const;
  const signs = { clockSkewMs: -5_000, runningJobs: 4, busy: 0.25, overMs: 2_000 };

  it("tells its load, its clock's skew and its permits, which add up over workers and beats", async () => {
    const first = await registerWorker(db, "first:1", "1.2.3");
    const second = await registerWorker(db, "second:2");
    await beat(db, first, { ...signs, tallies: [tally(0, 30)] });
    await beat(db, first, { ...signs, tallies: [tally(0, 10), tally(1, 8)] });
    await beat(db, second, { ...signs, tallies: [tally(0, 6)] });
    const lane = async (of: string | null) => (await readLanes(db, of)).find((each) => each.lane === 9);
    expect(await lane(workspaces[0] ?? "")).toMatchObject({ permitsTotal: 46, permitsPerSecond: 8 });
    expect(await lane(null)).toMatchObject({ permitsTotal: 54, permitsPerSecond: 12 });
    const [seen] = await listWorkers(db);
    expect(seen).toMatchObject({ name: "first:1", version: "1.2.3", isAlive: true, runningJobs: 4, busy: 0.25 });
    expect(seen?.permitsPerSecond).toBe(9);
    expect(seen?.clockSkewMs).toBe(-5_000);
    expect(seen?.lastBeatInSeconds).toBeLessThan(5);
    expect(await beat(db, first)).toBe(true);
    await retireWorker(db, first);
    expect((await listWorkers(db)).map((each) => [each.name, each.isAlive])).toEqual([
      ["second:2", true],
      ["first:1", false],
    ]);
    expect(await lane(workspaces[0] ?? "")).toMatchObject({ permitsTotal: 46, permitsPerSecond: 3 });
  });
});
