/**
 * `bench plan`: what judging everybody costs. The preflight beside a bare count, and expansion with segments, consent,
 * suppression and caps beside one statement that copies as many rows into identical tables and judges nobody.
 */
import { channels } from "@chorus/channels/registry";
import { campaignView, preflightView } from "@chorus/core/wire-campaigns";
import { expandPage } from "@chorus/db/expand";
import { openDb } from "@chorus/db/open";
import { launchDue } from "@chorus/db/runs";
import { readConditions, whatIsNotDurable } from "./conditions.ts";
import { type Frame, type Result, ratio, rounded, voidOf } from "./frame.ts";
import { type House, type Session, withHouse } from "./house.ts";
import { startChorus } from "./installation.ts";
import { type Stage, setStage } from "./stage.ts";
import { cpuSeconds } from "./usage.ts";
import type { BenchWish } from "./wish.ts";

const database = "planned";
const declines = 20;
const ofTier = (tier: string) => ({
  ...{ name: `Tier ${tier}`, description: `Whoever has ${tier}.` },
  rule: { is: "field", field: "tier", op: "eq", value: tier } as const,
});
const segments = [ofTier("gold"), ofTier("silver"), ofTier("bronze")];
const nowhere = { SMTP_URL: "smtp://127.0.0.1:9" };

export async function benchPlan(wish: BenchWish): Promise<Frame> {
  return await withHouse(wish, async (house) => {
    const of = { contacts: wish.recipients, channel: "email" as const, accounts: nowhere, segments, declines };
    const stage = await setStage(house, of);
    const conditions = await readConditions(house, stage.database);
    const done: Round[] = [];
    await house.meter({ label: "rounds", total: wish.rounds }, async (set) => {
      for (let round = 1; round <= wish.rounds; round++) {
        done.push(await measureRound(house, stage, round));
        set(round);
      }
    });
    const results = done.flatMap((each) => each.results);
    return {
      bench: "plan",
      conditions: {
        ...conditions,
        contacts: wish.recipients,
        rounds: wish.rounds,
        segments: segments.length,
        declines,
      },
      results,
      ratios: {
        preflightToCount: ratio(results, "preflight", "count(*)"),
        expansionToInsertSelect: ratio(results, "expansion", "insert … select"),
      },
      void: voidOf([...whatIsNotDurable(conditions), ...done.flatMap(({ flaws }) => flaws)]),
    };
  });
}

type Round = { readonly results: Result[]; readonly flaws: string[] };

/** A campaign is launched once, so every round has its own copy; each step begins with nothing left to write. */
async function measureRound(house: House, stage: Stage, round: number): Promise<Round> {
  const databaseUrl = await house.createDatabase(database, stage.database);
  const wish = { databaseUrl, queueUrl: databaseUrl, key: stage.key, accounts: nowhere, workers: 0 };
  const chorus = await startChorus(house, wish);
  const session = await house.session(database);
  const timed = async (name: string, work: () => Promise<number>): Promise<Result> => {
    await session.query("checkpoint");
    const before = cpuSeconds([house.postgresPid]);
    const began = performance.now();
    const rows = await work();
    const seconds = (performance.now() - began) / 1000;
    const cpu = cpuSeconds([house.postgresPid]) - before;
    return {
      ...{ name, round, rows, perSecond: rounded(rows / seconds), seconds: rounded(seconds) },
      postgresCpuPer1000: rounded((cpu / rows) * 1000),
    };
  };
  const author = chorus.client(stage.authorKey);
  const path = `/v1/campaigns/${stage.campaignId}`;
  const results = [
    await timed("count(*)", () => countOf(session, "contact")),
    await timed("preflight", async () => (await author.get(`${path}/preflight`, preflightView)).audienceSize),
  ];
  await author.post(`${path}/schedule`, { at: "now" }, campaignView);
  results.push(await timed("expansion", () => expand(databaseUrl, session)));
  await session.query("create table message_copy (like message including all)");
  await session.query("create table due_copy (like due including all)");
  results.push(await timed("insert … select", () => copy(session)));
  const planned = await countOf(session, "message");
  await session.end();
  await chorus.stop();
  await house.dropDatabase(database);
  return {
    results,
    flaws: planned === stage.contacts ? [] : [`${planned} of ${stage.contacts} contacts were planned.`],
  };
}

async function countOf(session: Session, table: "contact" | "message"): Promise<number> {
  const [row] = await session.query<{ count: string }>(`select count(*) from ${table}`);
  return Number(row?.count ?? 0);
}

/** As a worker does it, with nobody beside it that sends. */
async function expand(url: string, session: Session): Promise<number> {
  const db = await openDb({ url, channels: channels.map(({ id }) => id), connections: 2 });
  try {
    const [launched] = await launchDue(db, channels);
    if (launched?.is !== "launched")
      throw new Error(`The campaign was not launched: ${launched?.is ?? "nothing was due"}.`);
    while ((await expandPage(db, launched.runId)).is === "page");
  } finally {
    await db.close();
  }
  return await countOf(session, "message");
}

async function copy(session: Session): Promise<number> {
  const [row] = await session.query<{ count: string }>(
    `with messages as (insert into message_copy overriding system value select * from message returning 1),
          dues as (insert into due_copy select * from due returning 1)
     select count(*) from messages`,
  );
  return Number(row?.count ?? 0);
}
