/** Workers are killed with some mails before their last byte and some behind it; only the latter may stay in doubt. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openTestDatabase } from "@chorus/db/test-db";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchTo, newestRun, openSendingPlace, type SendingPlace } from "./test-sending.ts";

const contacts = 80;
const undo: (() => Promise<unknown> | unknown)[] = [];
let place: SendingPlace;
let gates: string;

beforeAll(async () => {
  const database = await openTestDatabase();
  undo.push(() => database.close());
  gates = await mkdtemp(join(tmpdir(), "chorus-gates-"));
  undo.push(() => rm(gates, { recursive: true, force: true }));
  place = await openSendingPlace({ databaseUrl: database.url, queueUrl: database.url, providerMs: 1_000 });
  undo.push(() => place.close());
  const slow = { is: "slow_recipient", ms: 2_000 } as const;
  await place.addFaults([{ provider: "smtp", match: { share: 0.5 }, fault: slow }]);
}, 180_000);
afterAll(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

it("D3: a mail that never came to its final dot is in no doubt after its worker was killed, and is sent once", {
  timeout: 300_000,
}, async () => {
  const campaignId = await launchTo(place, { contacts, channels: ["email"] });
  for (let killed = 0; killed < 2; killed++) {
    const worker = await place.startWorker({ WORKER_GATE_FOLDER: gates });
    await untilSending(place);
    await sleep(500 * killed);
    worker.kill();
    await worker.ended;
  }
  await place.startWorker({ WORKER_GATE_FOLDER: gates });
  while ((await newestRun(place, campaignId))?.state !== "finished") await sleep(300);

  const { rows } = await place.db.sql.query<{ proven: number; doubted: number }>(
    `select count(*) filter (where resolution = 'not_accepted')::int as proven, count(*)::int as doubted from doubt`,
  );
  expect(rows[0]?.proven, "mails that a kill caught before their last byte").toBeGreaterThan(0);
  const arrived = (await place.arrivals()).length;
  expect(arrived, "what was in doubt and never left went out again, and nothing else").toBe(contacts);
  const counted = await place.db.sql.query("select state, count(*)::int from message group by state order by state");
  const left = (rows[0]?.doubted ?? 0) - (rows[0]?.proven ?? 0);
  expect(counted.rows).toEqual([
    { state: 3, count: contacts - left },
    ...(left > 0 ? [{ state: 9, count: left }] : []),
  ]);
  await place.expectBooksToMatchWire();
});

async function untilSending({ db }: SendingPlace): Promise<void> {
  while ((await db.sql.query("select 1 from due where state = 2 limit 1")).rows.length === 0) await sleep(20);
}
