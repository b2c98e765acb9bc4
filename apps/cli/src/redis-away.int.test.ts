/** A campaign whose queue is emptied, killed, filled up, made read-only and away; and workers whose clocks are off. */
import { setTimeout as sleep } from "node:timers/promises";
import { messageStates } from "@chorus/core/message";
import { openTestDatabase } from "@chorus/db/test-db";
import { startAgain } from "@chorus/worker/start-again";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasRedis, openTestRedis, type TestRedis } from "./test-redis.ts";
import {
  expectArrivals,
  launchTo,
  openSendingPlace,
  type SendingPlace,
  type TestWorker,
  untilNothingDue,
} from "./test-sending.ts";
import { type Stuck, watchStuckWorker } from "./test-stuck-worker.ts";

/** Some 90 messages a second: enough that something is due until all is broken and mended again. */
const contacts = 5_000;
const providerMs = 100;
const soon = { withinMs: 5_000 };
const seconds = (count: number) => sleep(count * 1_000);

let redis: TestRedis;
let place: SendingPlace;
let worker: TestWorker;
const undo: (() => Promise<unknown>)[] = [];

const left = hasRedis() ? "" : ": LEFT OUT, there is no redis-server here";

describe.skipIf(left)(`D6: Redis is disposable${left}`, () => {
  let stuck: Promise<Stuck>;

  beforeAll(async () => {
    stuck = watchStuckWorker();
    stuck.catch(() => {}); // the last test hears of it
    redis = await openTestRedis();
    undo.push(() => redis.kill());
    const database = await openTestDatabase();
    undo.push(() => database.close());
    place = await openSendingPlace({ databaseUrl: database.url, queueUrl: redis.url, providerMs });
    undo.push(() => place.close());
    await launchTo(place, { contacts, channels: ["email"] });
    worker = await place.startWorker();
    await expectArrivals(place, soon);
  }, 120_000);
  afterAll(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  it("sending goes on after it was emptied, and after it died and came back", { timeout: 60_000 }, async () => {
    expect(await redis.say("FLUSHALL")).toBe("+OK");
    await expectArrivals(place, soon);
    await redis.kill();
    await redis.startAgain();
    await seconds(7); // by now the lanes' jobs of before are known to be lost, and their handlers have stopped
    await expectArrivals(place, soon);
  });

  it("while it is away, also a worker that has never seen it sends", { timeout: 60_000 }, async () => {
    await redis.kill();
    await worker.stop();
    worker = await place.startWorker();
    await expectArrivals(place, soon);
    await seconds(3);
    await expectArrivals(place, soon);
    await redis.startAgain();
    await expectArrivals(place, soon);
  });

  it("sending goes on while it is full, and while it is a replica of nobody that takes no writes", {
    timeout: 60_000,
  }, async () => {
    for (const [wrong, right] of [
      ["CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"],
      ["REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"],
    ] as const) {
      expect(await redis.say(wrong)).toBe("+OK");
      await worker.stop();
      worker = await place.startWorker();
      await expectArrivals(place, soon);
      expect(await redis.say(right)).toBe("+OK");
      await expectArrivals(place, soon);
    }
  });

  it("D23: while it is connected and silent, a worker ends in time, and a new one sends within 10 s", {
    timeout: 60_000,
  }, async () => {
    redis.freeze();
    const askedAt = performance.now();
    await worker.stop();
    expect(performance.now() - askedAt).toBeLessThan(25_000);
    expect((await worker.ended).code).toBe(0);
    worker = await place.startWorker();
    await expectArrivals(place, { withinMs: 10_000 });
    redis.thaw();
    await expectArrivals(place, soon);
  });

  it("D21: workers whose clocks are years off send what is due, nothing before its time, and say so within 5 s", {
    timeout: 60_000,
  }, async () => {
    const early = await postpone(200);
    await worker.stop();
    const year = 365 * 86_400_000;
    const shifted = await Promise.all([120_000, -year, year].map((ms) => place.startWorker(clockShiftedBy(ms))));
    await seconds(4);
    await expectArrivals(place, soon);
    for (const each of shifted) expect(await each.log()).toContain("clock.skewed");
    const skews = await place.db.sql.query<{ skew: number }>(
      "select clock_skew_ms as skew from worker where alive_until > chorus_now() order by 1",
    );
    expect(skews.rows.map(({ skew }) => Math.sign(skew))).toEqual([-1, 1, 1]);
    await Promise.all(shifted.map((each) => each.stop()));
    expect(await stillWaiting(early)).toBe(early.length);
    await place.db.sql.query("update due set not_before = chorus_now() where message_id = any($1)", [early]);
  });

  it("in the end everybody was reached once, and nothing is in doubt", {
    timeout: 90_000,
  }, async () => {
    await place.hurryProviders();
    worker = await place.startWorker();
    await untilNothingDue(place);
    await worker.stop();
    await place.expectBooksToMatchWire();
    const { rows } = await place.db.sql.query("select state, count(*)::int as count from message group by 1");
    expect(rows).toEqual([{ state: messageStates.accepted, count: contacts }]);
  });

  it("D23: a worker that cannot send anything says so within 15 s, looks unwell, and within another 35 s asks for a fresh process", {
    timeout: 60_000,
  }, async () => {
    const { code, silentFor, toldAfter } = await stuck;
    expect(toldAfter["sending.stands_still"]).toBeLessThan(15);
    expect(toldAfter["queue.rebuilt"]).toBeLessThan(17);
    expect(silentFor).toBeGreaterThan(7);
    expect(code).toBe(startAgain);
  });
});

const clockShiftedBy = (ms: number) => ({
  NODE_OPTIONS: `--import ${new URL("./test-shifted-clock.mjs", import.meta.url)}`,
  TEST_CLOCK_SHIFT_MS: String(ms),
});

/** Puts off some of what is due by an hour. */
async function postpone(count: number): Promise<string[]> {
  const { rows } = await place.db.sql.query<{ id: string }>(
    `update due set not_before = chorus_now() + interval '1 hour'
      where message_id in (select message_id from due where state = 0 order by message_id desc limit $1 for update skip locked)
      returning message_id as id`,
    [count],
  );
  expect(rows).toHaveLength(count);
  return rows.map(({ id }) => id);
}

async function stillWaiting(ids: readonly string[]): Promise<number> {
  const { rowCount } = await place.db.sql.query("select 1 from due where message_id = any($1) and attempt = 0", [ids]);
  return rowCount ?? 0;
}
