import { type ActivityEntry, importActivity } from "@chorus/db/import-activity";
import { inTransaction } from "@chorus/db/open";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Json, openTestApi, type TestApi } from "./test-api.ts";
import { expectRefused } from "./test-refusal.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
  const contacts = ["ann", "ben"].map((externalId) => ({ externalId }));
  await api.ask("POST", "/v1/contacts", { body: { contacts } });
});
afterAll(() => api.close());

const event = (eventId: string, of: Json = {}): Json => ({
  ...{ eventId, externalId: "ann", kind: "purchase", at: "2026-10-01T10:00:00Z" },
  ...of,
});
const send = (...events: Json[]) => api.ask("POST", "/v1/activity", { body: { events } });
const stored = async (like: string) =>
  (await api.db.sql.query("select event_id, quantity from activity where event_id like $1 order by event_id", [like]))
    .rows;

/** Until that many of our connections wait for a lock. */
const whenWaiting = (count: number) => expect.poll(waiting, { timeout: 10_000 }).toBeGreaterThanOrEqual(count);
async function waiting(): Promise<number> {
  const { rows } = await api.db.sql.query(
    "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return rows.length;
}

describe("an event counts once", () => {
  test("however often its id stands in one batch: the first of them", async () => {
    const answer = await send(event("one", { quantity: 3 }), event("one", { quantity: 5 }), event("one-b"));
    expect(answer.body).toEqual({ taken: 3, inserted: 2 });
    expect(await stored("one%")).toMatchObject([{ event_id: "one", quantity: 3 }, { event_id: "one-b" }]);
  });

  test("in two batches: what was stored first stays as it was", async () => {
    expect((await send(event("two", { quantity: 3 }))).body).toEqual({ taken: 1, inserted: 1 });
    expect((await send(event("two", { quantity: 5 }), event("two-b"))).body).toEqual({ taken: 2, inserted: 1 });
    expect(await stored("two")).toMatchObject([{ quantity: 3 }]);
  });

  test("in twenty batches sent at once, half of them backwards, and nobody waits in a circle", async () => {
    const events = Array.from({ length: 300 }, (_, i) => event(`at-once-${i}`, { externalId: i % 2 ? "ann" : "ben" }));
    const backwards = [...events].reverse();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => send(...(i % 2 ? events : backwards))));
    expect(answers.map((each) => each.status)).toEqual(Array(20).fill(200));
    expect(answers.reduce((sum, each) => sum + each.body.inserted, 0)).toBe(300);
    expect(await stored("at-once-%")).toHaveLength(300);
  });

  test("in two batches that hold each other's events in opposite order: neither is refused", async () => {
    const entry = { externalId: "ann", kind: "purchase", at: event("").at, sku: null, orderRef: null } as const;
    const middle: ActivityEntry = { ...entry, eventId: "circle-m", quantity: 1, amountMicros: 0n };
    const [first, last] = [event("circle-a"), event("circle-z")];
    const answers = await inTransaction(api.db, async (sql) => {
      await importActivity(sql, { workspaceId: api.id, entries: [middle] });
      const sent = [send(first, event("circle-m"), last), send(last, event("circle-m"), first)];
      await whenWaiting(2); // both have written their first event, and would next want the other's
      return sent;
    });
    const counts = (await Promise.all(answers)).map((each) => each.body.inserted);
    expect(counts.sort()).toEqual([0, 2]);
    expect(await stored("circle-%")).toHaveLength(3);
  });

  test("in each workspace by itself", async () => {
    const { keys } = await api.openWorkspace();
    const theirs = { key: keys.owner };
    await api.ask("POST", "/v1/contacts", { ...theirs, body: { contacts: [{ externalId: "ann" }] } });
    await send(event("shared"));
    const answer = await api.ask("POST", "/v1/activity", { ...theirs, body: { events: [event("shared")] } });
    expect(answer.body).toEqual({ taken: 1, inserted: 1 });
  });
});

describe("a batch is taken whole or not at all", () => {
  const good = event("whole");

  test.each([
    ["in the year 0", { at: "0000-01-01T00:00:00Z" }, "at", "time.ancient"],
    ["from a clock that was never set", { at: "1970-01-01T00:00:00Z" }, "at", "time.ancient"],
    ["at the beginning of DOS", { at: "1980-01-01T00:00:00+01:00" }, "at", "time.ancient"],
    ["in two days", { at: new Date(Date.now() + 2 * 86_400_000).toISOString() }, "at", "time.future"],
    ["in the year 9999", { at: "9999-12-31T23:59:59Z" }, "at", "time.future"],
    ["without an offset", { at: "2026-10-01T10:00:00" }, "at", "value.format"],
    ["on 30 February", { at: "2026-02-30T10:00:00Z" }, "at", "value.format"],
    ["without an id", { eventId: " " }, "eventId", "value.too_small"],
    ["of an unknown kind", { kind: "bought" }, "kind", "value.unknown"],
    ["with more than fits", { quantity: 2_147_483_648 }, "quantity", "value.too_big"],
    ["in other money", { amount: { micros: 1, currency: "USD" } }, "amount", "currency.other"],
  ])("an event %s gets 400 by its path, and its neighbours are not stored", async (_what, of, path, code) => {
    const expected = { status: 400, code, path: `events[1].${path}` };
    await expectRefused(api, () => send(good, event("bad", of), event("after")), expected);
  });

  test("an unknown contact and an unknown product get 422, all of them by their paths", async () => {
    const unknown = [event("a", { externalId: "nobody" }), good, event("0", { sku: "nothing" })];
    const expected = { status: 422, code: "contact.unknown", path: "events[0].externalId" };
    const answer = await expectRefused(api, () => send(...unknown), expected);
    expect(answer.body.errors).toMatchObject([{}, { path: "events[2].sku", code: "sku.unknown" }]);
  });

  test("none gets 400, and an hour ahead is a shop's clock and taken", async () => {
    await expectRefused(api, () => send(), { status: 400, code: "value.too_small", path: "events" });
    const ahead = await send(event("ahead", { at: new Date(Date.now() + 3_600_000).toISOString() }));
    expect(ahead.body).toEqual({ taken: 1, inserted: 1 });
  });
});
