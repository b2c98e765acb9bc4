/** Somebody slow beside others, on a whole installation: what the others lose by it, as the providers see it. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { accountView } from "@chorus/core/wire-accounts";
import { releasedView, stoppedView } from "@chorus/core/wire-runs";
import { openTestDatabase } from "@chorus/db/test-db";
import type { WireEntry } from "@chorus/sandbox/wire-log";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { openClient } from "./client.ts";
import { launchTo, openSendingPlace, type SendingPlace, untilNothingDue } from "./test-sending.ts";
import { createWithKeys } from "./workspace.ts";

/** Slow enough that lines, and not this machine, say how much goes out in a second. */
const providerMs = 400;
/** A slow domain has one of them. */
const lines = 20;
const slowMs = 20_000;
const contacts = 800;
const domains = 6;
const domainOf = (n: number) => `quick${n % domains}.example.com`;

const undo: (() => Promise<unknown> | unknown)[] = [];
let place: SendingPlace;
const open = async () => {
  const database = await openTestDatabase();
  undo.push(() => database.close());
  place = await openSendingPlace({ databaseUrl: database.url, queueUrl: database.url, providerMs });
  undo.push(() => place.close());
  const settings = { url: place.accounts.SMTP_URL, concurrency: String(lines), requireTls: "false" };
  await place.client.put("/v1/accounts/email", { provider: "smtp", settings }, accountView);
};
const close = async () => {
  for (const step of undo.splice(0).reverse()) await step();
};

type Of = (entry: WireEntry) => boolean;
const isQuick: Of = ({ channel, to }) => channel === "email" && to.includes("@quick");
const isText: Of = ({ channel }) => channel === "sms";

/** Messages a second, from a tenth of them on to nine tenths. */
function perSecond(arrived: readonly WireEntry[]): number {
  const at = (share: number) => Date.parse(arrived[Math.floor(share * (arrived.length - 1))]?.at ?? "");
  return (0.8 * arrived.length * 1_000) / (at(0.9) - at(0.1));
}

/** How fast those arrive that had not arrived yet, when so many of each kind have. */
async function pacesOf(kinds: readonly Of[], launch: () => Promise<unknown>): Promise<number[]> {
  const before = await place.arrivals();
  await launch();
  for (;;) {
    const after = (await place.arrivals()).slice(before.length);
    const arrived = kinds.map((isIt) => after.filter(isIt));
    if (arrived.every(({ length }) => length >= contacts)) return arrived.map(perSecond);
    await sleep(200);
  }
}

const underWay = async () => (await place.db.sql.query("select 1 from due where state = 2")).rowCount;

/**
 * What of their pace alone each kind keeps beside somebody slow. The machine's own pace comes and goes by more than a tenth,
 * so both are taken in turn until their sums say yes, or after three rounds no.
 */
async function keptOf(alone: () => Promise<number[]>, beside: () => Promise<number[]>): Promise<number[]> {
  const sums = { alone: [] as number[], beside: [] as number[] };
  const add = (to: number[], paces: number[]) =>
    to.splice(0, paces.length, ...paces.map((pace, kind) => pace + (to[kind] ?? 0)));
  for (let round = 1; ; round++) {
    add(sums.alone, await alone());
    add(sums.beside, await beside());
    const kept = sums.beside.map((pace, kind) => pace / (sums.alone[kind] ?? 0));
    console.info(`round ${round}: ${kept.map((share) => share.toFixed(3)).join(" and ")} of the pace alone`);
    if (round === 3 || kept.every((share) => share >= 0.9)) return kept;
  }
}

describe("one domain that takes its time", () => {
  const slow = 80;
  beforeAll(open, 180_000);
  afterAll(close);

  it("D16: the others get their mail at least nine tenths as fast", {
    timeout: 400_000,
  }, async () => {
    await place.addFaults([
      { provider: "smtp", match: { to: "*@slow.example.com" }, fault: { is: "slow_recipient", ms: slowMs } },
    ]);
    const worker = await place.startWorker();
    const isSlow = (n: number) => n % ((contacts + slow) / slow) === 0;
    const mixed = (n: number) => (isSlow(n) ? "slow.example.com" : domainOf(n));
    const alone = () => pacesOf([isQuick], () => launchTo(place, { contacts, domainOf, channels: ["email"] }));
    const beside = async () => {
      let slowest = "";
      const paces = await pacesOf([isQuick], async () => {
        slowest = await launchTo(place, { contacts: contacts + slow, domainOf: mixed, channels: ["email"] });
      });
      await expect.poll(underWay, { message: "the slow one is served too, on one line", timeout: 5_000 }).toBe(1);
      await place.client.post(`/v1/campaigns/${slowest}/cancel`, undefined, z.unknown());
      await untilNothingDue(place);
      return paces;
    };
    expect((await keptOf(alone, beside))[0]).toBeGreaterThanOrEqual(0.9);
    await worker.stop();
    await place.expectBooksToMatchWire();
  });
});

describe("one workspace with a large and slow campaign", () => {
  const backlog = 50_000;
  const receipts = { count: 150, everyMs: 100 };
  beforeAll(open, 180_000);
  afterAll(close);

  it("D16: mails and texts of another lose no more than a tenth of their pace, and receipts are with the provider within 2 s", {
    timeout: 600_000,
  }, async () => {
    const texts = contacts;
    const channels = ["email", "sms"] as const;
    await place.addFaults([
      { provider: "smtp", match: { to: "*@slow.example.com" }, fault: { is: "slow_recipient", ms: slowMs } },
    ]);
    const busy = await openOther();
    await launchTo(busy, { contacts: backlog, texts: 0, domainOf: () => "slow.example.com", channels: ["email"] });
    await busy.client.post("/v1/stop", undefined, stoppedView);
    const worker = await place.startWorker();
    const launch = async () => {
      await launchTo(place, { contacts, texts, domainOf, channels });
      for (let n = 0; n < receipts.count; n++) {
        await sendReceipt();
        await sleep(receipts.everyMs);
      }
    };
    const alone = async () => {
      await expect.poll(underWay, { message: "what was handed over is answered", timeout: 2 * slowMs }).toBe(0);
      return await pacesOf([isQuick, isText], launch);
    };
    const beside = async () => {
      await busy.client.post("/v1/release", undefined, releasedView);
      while ((await openOf("slow")).waiting < backlog / 2) await sleep(200);
      const paces = await pacesOf([isQuick, isText], launch);
      expect((await openOf("slow")).waiting, "the other had not reached its people").toBeGreaterThan(backlog / 2);
      await busy.client.post("/v1/stop", undefined, stoppedView);
      return paces;
    };
    for (const share of await keptOf(alone, beside)) expect(share).toBeGreaterThanOrEqual(0.9);
    const p99 = await receiptsP99();
    console.info(`receipts p99 ${p99} ms`);
    expect(p99).toBeLessThanOrEqual(2_000);
    await worker.stop();
  });

  /** Another workspace of the same installation. */
  async function openOther(): Promise<SendingPlace> {
    const people = ["Cleo", "Dan"].map((name) => ({ name, email: `${name}@example.com`, role: "owner" as const }));
    const keys = await createWithKeys(place.db, { name: "Large", kind: "sandbox", people });
    const [client, approver] = keys.map((key) =>
      openClient({ url: place.apiUrl, key, signal: new AbortController().signal }),
    );
    if (!client || !approver) throw new Error("A workspace has a key for each of its people.");
    return { ...place, client, approver };
  }

  async function openOf(name: string): Promise<{ waiting: number }> {
    const { rows } = await place.db.sql.query(
      `select count(*) filter (where d.state = 0)::int as waiting from due d
         join message m on m.run_id = d.run_id and m.id = d.message_id
         join address a on a.contact_id = m.contact_id and a.channel_no = m.channel_no where a.value like '%@' || $1 || '.example.com'`,
      [name],
    );
    return rows[0];
  }

  const sendReceipt = () =>
    fetch(`${place.apiUrl}/v1/messages`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${place.apiKey}`,
        "Content-Type": "application/json",
        "Idempotency-Key": randomUUID(),
      },
      body: JSON.stringify({
        ...{ channel: "email", class: "transactional", to: { address: `${randomUUID()}@receipts.example.com` } },
        content: { subject: "Your order", headline: "Your order", paragraphs: ["It is on its way."] },
      }),
    }).then(async (response) => expect(response.status, await response.text()).toBe(202));

  /** From the row that the 202 stands for to the line in the provider's log, on the one clock of this machine. */
  async function receiptsP99(): Promise<number> {
    const took = async () => {
      const { rows } = await place.db.sql.query(
        "select s.address, m.created_at from send s join message m on m.run_id = s.run_id and m.id = s.message_id order by m.id",
      );
      const arrived = (await place.arrivals()).filter(({ to }) => to.endsWith("@receipts.example.com"));
      const at = new Map(arrived.map((each) => [each.to, Date.parse(each.at)]));
      return rows.flatMap(({ address, created_at }) => {
        const there = at.get(address);
        return there === undefined ? [] : [there - created_at.getTime()];
      });
    };
    for (;;) {
      const all = (await took()).sort((one, other) => one - other);
      if (all.length >= 2 * receipts.count) return Math.round(all[Math.floor(0.99 * all.length)] ?? 0);
      await sleep(100);
    }
  }
});
