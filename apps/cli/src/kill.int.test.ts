/** A whole campaign while its workers are killed again and again; then what arrived is held against the ledger. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Db } from "@chorus/db/open";
import { openTestDatabase } from "@chorus/db/test-db";
import { afterEach, describe, expect, inject, it } from "vitest";
import type { RunningProcess } from "./processes.ts";
import {
  launchTo,
  newestRun,
  openSendingPlace,
  type SendingPlace,
  untilFinished,
  untilNothingDue,
} from "./test-sending.ts";

/** Few enough to end soon, slow enough at the provider that something is always in its hands. */
const contacts = 350;
const providerMs = 250;
const workersAtOnce = 2;
const kills = 10;

const backends = [
  { name: "PostgreSQL", queueUrl: (databaseUrl: string) => databaseUrl },
  { name: "Redis", queueUrl: () => `${inject("redisUrl")}?prefix=kill-${randomBytes(4).toString("hex")}` },
];
const undo: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

describe.each(backends)(
  "workers killed again and again in mid-campaign, with the queue on $name",
  ({ name, queueUrl }) => {
    it.skipIf(name === "Redis" && !inject("redisUrl"))(
      `D2, D3: nobody gets a message twice, nobody is lost, and every doubt is listed, through ${kills} kills`,
      { timeout: 400_000 },
      async () => {
        const database = await openTestDatabase();
        undo.push(() => database.close());
        const where = { databaseUrl: database.url, queueUrl: queueUrl(database.url) };
        const place = await openSendingPlace({ ...where, providerMs });
        undo.push(() => place.close());
        const campaignId = await launchTo(place, { contacts, channels: ["email", "sms"] });
        await killWorkers(place, campaignId);
        const last = await place.startWorker();
        await untilNothingDue(place);
        await last.stop();
        const report = await untilFinished(place, campaignId);

        const { rows } = await place.db.sql.query<{ workers: number }>(
          "select count(distinct worker_id)::int as workers from doubt where detail like 'the worker died%'",
        );
        expect(rows[0]?.workers, "kills that hit between permit and result").toBeGreaterThanOrEqual(2);
        expect(report.books).toMatchObject({
          planned: 2 * contacts,
          open: 0,
          skipped: {},
          failed: {},
          expired: 0,
          cancelled: 0,
        });
        expect(report.books.accepted + report.books.inDoubt).toBe(2 * contacts);
        expect(report.channels.sms?.inDoubt, "a provider that can be asked leaves no doubt").toBe(0);
        await place.expectBooksToMatchWire();
        await expectEveryDoubtListed(place, report.books.inDoubt);
      },
    );
  },
);

/**
 * A new worker takes each dead one's place. Every other one dies at any moment of its start, which is random enough to
 * hit between two statements; the others die once they have something in a provider's hands.
 */
async function killWorkers(place: SendingPlace, campaignId: string): Promise<void> {
  let started = 0;
  const live = async () => {
    while (started < kills) {
      const dieSending = started++ % 2 === 0;
      const worker = await place.startWorker();
      if (dieSending) await untilSending(place.db, worker);
      await sleep(Math.random() * 700);
      worker.kill();
      await worker.ended;
    }
  };
  await Promise.all(Array.from({ length: workersAtOnce }, live));
  expect((await newestRun(place, campaignId))?.state, "the campaign was still under way at the last kill").toBe(
    "sending",
  );
}

async function untilSending(db: Db, { pid }: RunningProcess): Promise<void> {
  const sending = async () => {
    const { rows } = await db.sql.query(
      "select 1 from due d join worker w on w.id = d.worker_id where d.state = 2 and w.name like '%:' || $1::int limit 1",
      [pid],
    );
    return rows.length > 0;
  };
  for (const until = performance.now() + 20_000; performance.now() < until && !(await sending()); ) await sleep(20);
}

async function expectEveryDoubtListed({ db }: SendingPlace, inDoubt: number) {
  const { rows } = await db.sql.query<{ listed: number; explained: number }>(
    `select count(*)::int as listed, count(d.worker_id)::int as explained from message m
       left join doubt d on d.run_id = m.run_id and d.message_id = m.id and d.attempt = m.attempt where m.state in (8, 9)`,
  );
  expect(rows[0]).toEqual({ listed: inDoubt, explained: inDoubt });
}
