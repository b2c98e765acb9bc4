/** Providers that let so much through in a second, and several workers that know nothing of each other but the database. */
import { setTimeout as sleep } from "node:timers/promises";
import { messageStates } from "@chorus/core/message";
import { accountView } from "@chorus/core/wire-accounts";
import { releasedView, stoppedView } from "@chorus/core/wire-runs";
import { openTestDatabase } from "@chorus/db/test-db";
import { readWireLog } from "@chorus/sandbox/wire-log";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchTo, openSendingPlace, type SendingPlace, untilNothingDue } from "./test-sending.ts";

const undo: (() => Promise<unknown> | unknown)[] = [];
let place: SendingPlace;

async function open(of: { providerMs: number }): Promise<void> {
  const database = await openTestDatabase();
  undo.push(() => database.close());
  place = await openSendingPlace({ databaseUrl: database.url, queueUrl: database.url, ...of });
  undo.push(() => place.close());
}
const close = async () => {
  for (const step of undo.splice(0).reverse()) await step();
};

/** Nothing goes out before all of them are up. */
async function startTogether(count: number) {
  await place.client.post("/v1/stop", undefined, stoppedView);
  const workers = await Promise.all(Array.from({ length: count }, () => place.startWorker()));
  await place.client.post("/v1/release", undefined, releasedView);
  return workers;
}

const stateCounts = async () =>
  (await place.db.sql.query("select state, count(*)::int from message group by state order by state")).rows;

describe("a relay with a limit", () => {
  /** So few that eight processes on two cores are held back by the limit, and not by each other. */
  const perSecond = 50;
  const contacts = 900;
  const workersAtOnce = 8;
  beforeAll(async () => {
    await open({ providerMs: 5 });
    const settings = { url: place.accounts.SMTP_URL, perSecond: String(perSecond), requireTls: "false" };
    await place.client.put("/v1/accounts/email", { provider: "smtp", settings }, accountView);
  }, 180_000);
  afterAll(close);

  it(`D15: ${workersAtOnce} workers, one of them killed on the way, never send more than the limit in any second, and not much less`, {
    timeout: 600_000,
  }, async () => {
    await launchTo(place, { contacts, channels: ["email"] });
    const workers = await startTogether(workersAtOnce);
    while ((await place.arrivals()).length < contacts / 4) await sleep(200);
    workers[0]?.kill();
    await untilNothingDue(place);
    await Promise.all(workers.slice(1).map((worker) => worker.stop()));

    const arrived = (await place.arrivals()).map(({ at }) => Date.parse(at)).sort((a, b) => a - b);
    expect(mostInASecond(arrived)).toBeLessThanOrEqual(perSecond);
    const later = arrived.slice(arrived.length / 2); // eight that have just started wait for each other, not for the limit
    const seconds = ((later.at(-1) ?? 0) - (later[0] ?? 0)) / 1_000;
    expect(later.length / seconds).toBeGreaterThan(perSecond / 2);
    const ends = new Set((await stateCounts()).map(({ state }) => state));
    ends.delete(messageStates.in_doubt); // what the killed one had under way
    expect([...ends]).toEqual([messageStates.accepted]);
    await place.expectBooksToMatchWire();
  });
});

/** Of moments in order. */
function mostInASecond(moments: readonly number[]): number {
  let first = 0;
  let most = 0;
  moments.forEach((at, index) => {
    while ((moments[first] ?? at) <= at - 1_000) first++;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

describe("a provider that is asked too much", () => {
  const contacts = 1_200;
  const retryAfterMs = 2_000;
  const stillComesMs = 300;
  beforeAll(() => open({ providerMs: 100 }), 180_000);
  afterAll(close);

  it("D15: after a 429 to one worker no other calls before Retry-After is over, then sending goes on and nobody is lost", {
    timeout: 300_000,
  }, async () => {
    await launchTo(place, { contacts, texts: contacts, channels: ["sms"] });
    const workers = await startTogether(2);
    while ((await sendingWorkers()) < workers.length) await sleep(20);
    const to = await oneStillWaiting();
    const fault = { is: "rate_limited", retryAfterSeconds: retryAfterMs / 1_000, times: 1 } as const;
    await place.addFaults([{ provider: "twilio", match: { to }, fault }]);
    const saidAt = await recordedAt();
    await untilNothingDue(place);
    await Promise.all(workers.map((worker) => worker.stop()));

    const calls = (await readWireLog(place.sandbox.folder)).filter(({ event }) => event !== "callback");
    expect(calls.filter(({ event }) => event === "rate_limited")).toHaveLength(1);
    const after = calls.map(({ at }) => Date.parse(at) - saidAt);
    expect(after.filter((ms) => ms > stillComesMs && ms < retryAfterMs)).toEqual([]);
    expect(after.filter((ms) => ms >= retryAfterMs).length, "sending went on").toBeGreaterThan(contacts / 4);
    expect(await stateCounts()).toEqual([{ state: messageStates.accepted, count: contacts }]);
    await place.expectBooksToMatchWire();
  });

  async function sendingWorkers(): Promise<number> {
    const { rows } = await place.db.sql.query(
      "select count(distinct worker_id)::int as count from due where state = 2",
    );
    return rows[0]?.count;
  }

  async function oneStillWaiting(): Promise<string> {
    const { rows } = await place.db.sql.query(
      `select a.value from due d join message m on m.run_id = d.run_id and m.id = d.message_id
         join address a on a.contact_id = m.contact_id and a.channel_no = m.channel_no
        where d.state = 0 order by d.message_id limit 1`,
    );
    return rows[0]?.value;
  }

  /** By the account's row: it is left alone from the moment that the answer was recorded. */
  async function recordedAt(): Promise<number> {
    for (;;) {
      const { rows } = await place.db.sql.query(
        "select blocked_until from carrier where blocked_until is not null and blocked_because like 'HTTP 429%'",
      );
      if (rows[0]) return rows[0].blocked_until.getTime() - retryAfterMs;
      await sleep(20);
    }
  }
});
