import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Db, inTransaction, openDb } from "./open.ts";
import { type Booking, bookSlots } from "./rates.ts";
import { openTestLedger } from "./test-run.ts";

let db: Db;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
});
afterAll(() => close());

const wish = ({ stepMs = 10, keys = ["account"], ...of }: Partial<Booking> & { stepMs?: number }): Booking => ({
  ...{ keys, stepsMs: keys.map(() => stepMs), count: 1, leadMs: 50, withinMs: 300 },
  ...of,
});
const nextOf = "select extract(epoch from next_at)::float8 * 1000 as at from rate_slot where key = $1";
const nextAt = async (key: string): Promise<number> => (await db.sql.query(nextOf, [key])).rows[0]?.at;

it("gives moments one after the other, the first with time for a permit, and none that is far off", async () => {
  const of = { keys: ["a"], stepMs: 100 };
  const first = (await bookSlots(db, wish({ ...of, count: 2 }))) ?? 0;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThanOrEqual(50);
  const third = (await bookSlots(db, wish(of))) ?? 0;
  expect(third).toBeGreaterThan(150);
  expect(third).toBeLessThanOrEqual(first + 200);
  await bookSlots(db, wish(of));
  expect(await bookSlots(db, wish({ ...of, withinMs: 100 }))).toBeNull();
  const before = await nextAt("a");
  expect(await bookSlots(db, wish({ ...of, withinMs: 100 }))).toBeNull();
  expect(await nextAt("a"), "a refusal takes nothing").toBe(before);
});

it("refuses what is far off without waiting for whoever is booking", async () => {
  for (let each = 0; each < 5; each++) await bookSlots(db, wish({ keys: ["used up"], stepMs: 100 }));
  await inTransaction(db, async (sql) => {
    await sql.query("select 1 from rate_slot where key = 'used up' for update");
    expect(await bookSlots(db, wish({ keys: ["used up"], withinMs: 100 }))).toBeNull();
  });
});

it("keeps an hour without sending from being made up for", async () => {
  await bookSlots(db, wish({ keys: ["b"] }));
  await db.sql.query("update rate_slot set next_at = next_at - interval '1 hour' where key = 'b'");
  await bookSlots(db, wish({ keys: ["b"], stepMs: 200 }));
  expect((await bookSlots(db, wish({ keys: ["b"], stepMs: 200 }))) ?? 0).toBeGreaterThan(200);
});

it("books under all limits of a message at once", async () => {
  await bookSlots(db, wish({ keys: ["sender 1", "account 1"], stepMs: 5_000 }));
  expect(await nextAt("sender 1")).toBe(await nextAt("account 1"));
  const next = await bookSlots(db, wish({ keys: ["sender 2", "account 1"], withinMs: 6_000 }));
  expect(next ?? 0).toBeGreaterThan(1_000);
});

it("takes the wider of two limits for no longer than it asks", async () => {
  await bookSlots(db, { ...wish({ keys: ["slow sender", "wide account"] }), stepsMs: [1_000, 10] });
  const free = await bookSlots(db, wish({ keys: ["fast sender", "wide account"], stepMs: 10 }));
  expect(free ?? 999).toBeLessThan(120);
  expect(await bookSlots(db, wish({ keys: ["slow sender", "wide account"] }))).toBeNull();
});

it("D15: never gives two of them the same moment, whoever asks at once and in whatever order they name their limits", async () => {
  const clients: Db[] = [];
  for (let each = 0; each < 8; each++) clients.push(await openDb({ url: db.url, channels: ["email", "sms", "slack"] }));
  const stepMs = 5;
  const taken: number[] = [];
  const from = performance.now();
  const askers = clients.map(async (client, place) => {
    const keys = place % 2 ? ["x", "y"] : ["y", "x"];
    while (performance.now() - from < 2_000) {
      const count = 1 + (place % 4);
      await inTransaction(client, async (sql) => {
        const [step, lead, within] = [`${stepMs} milliseconds`, "50 milliseconds", "300 milliseconds"];
        const booked = await sql.query("select book_slots($1, $2, $3, $4, $5) as in", [
          keys,
          [step, step],
          count,
          lead,
          within,
        ]);
        if (booked.rows[0].in === null) return;
        const end = await sql.query(nextOf, ["x"]); // the row is still locked
        for (let n = 1; n <= count; n++) taken.push(end.rows[0].at - n * stepMs);
      });
      await sleep(2);
    }
  });
  await Promise.all(askers);
  await Promise.all(clients.map((client) => client.close()));
  taken.sort((a, b) => a - b);
  const gaps = taken.slice(1).map((at, n) => at - (taken[n] ?? 0));
  expect(taken.length).toBeGreaterThan(200);
  expect(Math.min(...gaps)).toBeGreaterThan(stepMs - 0.01);
});
