/** One relay that lets so many through in a second, and several workers that know nothing of each other but the database. */
import { setTimeout as sleep } from "node:timers/promises";
import { accountView } from "@chorus/core/wire-accounts";
import { openTestDatabase } from "@chorus/db/test-db";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestWorker } from "./test-sending.ts";
import { launchTo, openSendingPlace, type SendingPlace, untilNothingDue } from "./test-sending.ts";

const perSecond = 40;
const contacts = 600;
const workersAtOnce = 4;
const undo: (() => Promise<unknown> | unknown)[] = [];
let place: SendingPlace;

beforeAll(async () => {
  const database = await openTestDatabase();
  undo.push(() => database.close());
  place = await openSendingPlace({ databaseUrl: database.url, queueUrl: database.url, providerMs: 5 });
  undo.push(() => place.close());
  const settings = { url: place.accounts.SMTP_URL, perSecond: String(perSecond), requireTls: "false" };
  await place.client.put("/v1/accounts/email", { provider: "smtp", settings }, accountView);
}, 180_000);
afterAll(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

it(`D15: ${workersAtOnce} workers, one of them killed on the way, never send more than the limit in any second, and not much less`, {
  timeout: 300_000,
}, async () => {
  await launchTo(place, { contacts, channels: ["email"] });
  const workers: TestWorker[] = [];
  for (let each = 0; each < workersAtOnce; each++) workers.push(await place.startWorker());
  const alone = (await place.arrivals()).length;
  await sleep(3_000);
  workers[0]?.kill();
  await untilNothingDue(place);
  await Promise.all(workers.slice(1).map((worker) => worker.stop()));

  const arrived = (await place.arrivals()).map(({ at }) => Date.parse(at)).sort((a, b) => a - b);
  const inSecondFrom = (from: number) => arrived.filter((at) => at >= from && at < from + 1_000).length;
  expect(Math.max(...arrived.map(inSecondFrom))).toBeLessThanOrEqual(perSecond);
  const together = arrived.slice(alone);
  const seconds = ((together.at(-1) ?? 0) - (together[0] ?? 0)) / 1_000;
  expect(together.length / seconds).toBeGreaterThan(perSecond / 2);
  const { rows } = await place.db.sql.query("select state, count(*)::int from message group by state order by state");
  expect(rows).toEqual([{ state: 3, count: contacts }]);
  await place.expectBooksToMatchWire();
});
