/** What failures mean when they repeat, and how a provider account is left alone: the same for all workers. */
import type { RefusalReason } from "@chorus/core/channel";
import type { Settlement } from "@chorus/core/message";
import { laneCount } from "@chorus/core/plan";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findCarrier } from "./carriers.ts";
import { blockCarrier, closeCircuit, pauseCarrier, releaseCarrier, takeProbe } from "./circuit.ts";
import { takeDoubts } from "./doubts.ts";
import { type HeardEvent, recordProviderEvents } from "./events.ts";
import { expandPage } from "./expand.ts";
import { type Leased, lease } from "./lease.ts";
import type { Db } from "./open.ts";
import { permit } from "./permit.ts";
import { type Result, recordResults } from "./result.ts";
import { moveRunOf } from "./runs.ts";
import { sweep } from "./sweep.ts";
import { openTestLedger, type TestWorkspace, testContacts, testRun, testWorkspace } from "./test-run.ts";
import { registerWorker, retireWorker } from "./workers.ts";

let db: Db;
let close: () => Promise<void>;
let workspace: TestWorkspace;
let workerId: string;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
});
afterAll(() => close());
beforeEach(async () => {
  workspace = await testWorkspace(db);
  workerId = await registerWorker(db, "test");
});

async function launch(contacts: number): Promise<string> {
  if (contacts > 0) await testContacts(db, workspace.id, contacts);
  const { runId } = await testRun(db, { workspace });
  while ((await expandPage(db, runId)).is === "page");
  return runId;
}

async function leaseAll(runId: string): Promise<Leased[]> {
  const all: Leased[] = [];
  for (let lane = 0; lane < laneCount; lane++)
    all.push(...(await lease(db, { channel: "email", class: "marketing", lane, workerId, limit: 200 })));
  return all.filter((each) => each.runId === runId);
}

/** Hands everything that is due over and answers how each ended, without recording it. */
async function handOver(runId: string, settlement: Settlement): Promise<Result[]> {
  const leased = await leaseAll(runId);
  const permits = await permit(db, leased, 600_000);
  return leased.flatMap(({ messageId }, n) => {
    const given = permits[n];
    return given?.is === "send" ? [{ runId, messageId, attempt: given.attempt, settlement }] : [];
  });
}

const distrusted: Settlement = {
  ...{ is: "deferred", inMs: 3_600_000, scope: "message", about: "sender" },
  detail: "550 5.7.26 at the final dot",
};
const failed = (reason: RefusalReason): Settlement => ({
  ...{ is: "failed", reason, suppress: null },
  detail: "554 5.6.0 at the final dot",
});

async function stateOf(runId: string) {
  const { rows } = await db.sql.query<{ state: string; because: string | null; failed: number; open: number }>(
    `select r.state, r.state_because as because, b.failed::int, b.open::int from run r join books b on b.run_id = r.id where r.id = $1`,
    [runId],
  );
  return rows[0];
}

describe("D17: a run whose messages are refused", () => {
  it("for who we are, 20 times by one domain within 5 minutes, is held with the reason, and nobody pays for it", async () => {
    const runId = await launch(25);
    const results = await handOver(runId, distrusted);
    expect(await recordResults(db, workerId, results.slice(0, 19))).toEqual([]);
    expect(await stateOf(runId)).toMatchObject({ state: "sending" });
    expect(await recordResults(db, workerId, results.slice(19))).toEqual([runId]);
    expect(await stateOf(runId)).toEqual({
      ...{ state: "held", failed: 0, open: 25 },
      because:
        "25 messages to example.com were refused within 5 minutes for who we are, as in: 550 5.7.26 at the final dot",
    });
  });

  it("is held however many workers the refusals are spread over, once", async () => {
    const runId = await launch(20);
    const results = await handOver(runId, distrusted);
    const held = await Promise.all(results.map((each) => recordResults(db, workerId, [each])));
    expect(held.flat()).toEqual([runId]);
    expect(await stateOf(runId)).toMatchObject({ state: "held" });
  });

  it("by many domains a little, or long ago, goes on", async () => {
    const runId = await launch(40);
    await db.sql.query(
      "update address set value = 'c' || id || '@domain' || id % 4 || '.example' where workspace_id = $1",
      [workspace.id],
    );
    const results = await handOver(runId, distrusted);
    expect(await recordResults(db, workerId, results)).toEqual([]);
    await db.sql.query("update address set value = 'c' || id || '@one.example' where workspace_id = $1", [
      workspace.id,
    ]);
    await db.sql.query("update attempt set at = at - interval '5 minutes' where run_id = $1 and about = 'sender'", [
      runId,
    ]);
    expect(await recordResults(db, workerId, results.slice(0, 1))).toEqual([]);
    expect(await stateOf(runId)).toMatchObject({ state: "sending" });
  });

  it("for what they say, 10 times, is held; a person who resumes it starts the count anew", async () => {
    const runId = await launch(30);
    const results = await handOver(runId, failed("content"));
    expect(await recordResults(db, workerId, results.slice(0, 9))).toEqual([]);
    expect(await recordResults(db, workerId, results.slice(9, 10))).toEqual([runId]);
    expect(await stateOf(runId)).toMatchObject({ state: "held", failed: 10, open: 20 });
    await moveRunOf(db, { workspaceId: workspace.id, runId, action: "resume" });
    expect(await recordResults(db, workerId, results.slice(10, 19))).toEqual([]);
    expect(await recordResults(db, workerId, results.slice(19, 20))).toEqual([runId]);
  });

  it("is not held for what single sends of other services say: theirs share a run with strangers", async () => {
    const runId = await launch(20);
    await db.sql.query("update run set campaign_id = null where id = $1", [runId]);
    const results = await handOver(runId, failed("content"));
    expect(await recordResults(db, workerId, results)).toEqual([]);
    expect(await stateOf(runId)).toMatchObject({ state: "sending" });
  });
});

describe("D17: what a provider reports after it took a message", () => {
  it("counts against the run like an answer: 20 bounces of one domain for who we are hold it, once", async () => {
    const runId = await launch(21);
    const results = await handOver(runId, { is: "accepted", providerMessageId: "queued" });
    await recordResults(db, workerId, results.slice(0, 20)); // one is still under way, so that the run is too
    const carrier = await db.sql.query<{ id: string }>(
      "insert into carrier (workspace_id, channel_no, provider, account) values ($1, $2, 'smtp', 'test') returning id",
      [workspace.id, db.channels.noOf("email")],
    );
    const at = { id: carrier.rows[0]?.id ?? "", workspaceId: workspace.id, channel: "email" };
    for (const [n, { messageId }] of results.slice(0, 20).entries()) {
      expect(await stateOf(runId), `after ${n} bounces`).toMatchObject({ state: "sending" });
      const bounce: HeardEvent = {
        is: "delivery",
        key: `bounce:${messageId}:5.7.26`,
        delivery: "bounced",
        message: { runId, messageId },
        means: { is: "distrusted", whom: "sender" },
        detail: "Bounced with status 5.7.26",
      };
      await recordProviderEvents(db, at, [bounce]);
      await recordProviderEvents(db, at, [bounce]);
    }
    expect(await stateOf(runId)).toMatchObject({ state: "held", failed: 0 });
  });
});

describe("D17: an address", () => {
  const suppressed = async () =>
    (
      await db.sql.query(
        "select scope, reason, source, count(*)::int from suppression where workspace_id = $1 group by 1, 2, 3",
        [workspace.id],
      )
    ).rows;
  const failRun = async (reason: RefusalReason) => {
    const runId = await launch(0);
    const results = await handOver(runId, failed(reason));
    await recordResults(db, workerId, results);
    await recordResults(db, workerId, results); // told twice, as after a lost answer of the database
  };
  const daysPass = (days: number) =>
    db.sql.query("update strike set at = at - make_interval(days => $2) where workspace_id = $1", [workspace.id, days]);

  beforeEach(() => testContacts(db, workspace.id, 2));

  it.each<[RefusalReason, number]>([
    ["mailbox_full", 3],
    ["mailbox_disabled", 3],
    ["dead_number", 2],
  ])("that fails as %s is suppressed at message %i, and not before", async (reason, count) => {
    for (let n = 1; n < count; n++) await failRun(reason);
    expect(await suppressed()).toEqual([]);
    await failRun(reason);
    expect(await suppressed()).toEqual([{ scope: "all", reason: "unreachable", source: "provider", count: 2 }]);
  });

  it("whose mailbox was full 15 days ago is not counted out for it", async () => {
    await failRun("mailbox_full");
    await daysPass(15);
    for (let n = 0; n < 2; n++) await failRun("mailbox_full");
    expect(await suppressed()).toEqual([]);
  });
});

describe("the way to a provider account", () => {
  const channel = "email";
  const at = () => ({ workspaceId: workspace.id, channel });
  const standing = async () => {
    const found = await findCarrier(db, at());
    return { until: found?.blockedUntil ?? null, because: found?.blockedBecause ?? null, isPaused: found?.isPaused };
  };
  const block = (forMs: number, because = "ECONNREFUSED while connecting") =>
    blockCarrier(db, db.sql, { ...at(), forMs, because, failures: 1 });
  const timePasses = () =>
    db.sql.query(
      "update carrier set blocked_until = chorus_now() where workspace_id = $1 and isfinite(blocked_until)",
      [workspace.id],
    );
  beforeEach(() =>
    db.sql.query("insert into carrier (workspace_id, channel_no, provider, account) values ($1, $2, 'smtp', 'test')", [
      ...[workspace.id, db.channels.noOf(channel)],
    ]),
  );

  it("lets nobody through while it is blocked, and then one message, however many ask at once", async () => {
    const runId = await launch(3);
    await block(60_000);
    expect(await leaseAll(runId)).toEqual([]);
    expect(await takeProbe(db, at())).toBeNull();
    await timePasses();
    const probes = await Promise.all(Array.from({ length: 20 }, () => takeProbe(db, at())));
    expect(probes.filter((each) => each !== null)).toHaveLength(1);
    expect(await leaseAll(runId)).toEqual([]);
    await closeCircuit(db, at());
    expect(await leaseAll(runId)).toHaveLength(3);
    expect(await takeProbe(db, at())).toBeNull(); // closed, nobody needs one
  });

  it("keeps the longer of two blocks, with its reason", async () => {
    await block(3_600_000, "HTTP 429");
    const { until } = await standing();
    await block(1_000, "ECONNRESET while connecting");
    expect(await standing()).toEqual({ until, because: "HTTP 429", isPaused: false });
  });

  it("stays paused through late failures and late successes until a person releases it, and then tries one message", async () => {
    const runId = await launch(2);
    const pause = () => pauseCarrier(db, db.sql, { ...at(), because: "535 5.7.8 at AUTH PLAIN" });
    expect(await pause()).toBe(true);
    expect(await pause()).toBe(false);
    await block(60_000);
    await closeCircuit(db, at());
    await timePasses();
    expect(await standing()).toEqual({ until: null, because: "535 5.7.8 at AUTH PLAIN", isPaused: true });
    expect([await leaseAll(runId), await takeProbe(db, at())]).toEqual([[], null]);
    expect(await releaseCarrier(db, at())).toBe(true);
    expect(await releaseCarrier(db, at())).toBe(false);
    expect(await standing()).toMatchObject({ isPaused: false });
    expect(await takeProbe(db, at())).not.toBeNull();
    expect(await takeProbe(db, at())).toBeNull();
  });
});

describe("D4: a hand-over of a worker that was thought dead", () => {
  async function doubted() {
    const runId = await launch(1);
    const [result] = await handOver(runId, distrusted);
    if (!result) throw new Error("nothing was handed over");
    await retireWorker(db, workerId);
    await sweep(db);
    return { runId, result };
  }

  it("is no longer in doubt when it wakes up and knows that nothing was taken", async () => {
    const { runId, result } = await doubted();
    const settlement = { ...distrusted, about: null, detail: "timeout before the mail" } as const;
    await recordResults(db, workerId, [{ ...result, settlement }]);
    expect(await stateOf(runId)).toMatchObject({ open: 1 });
    const { rows } = await db.sql.query("select resolution from doubt where run_id = $1", [runId]);
    expect(rows).toEqual([{ resolution: "not_accepted" }]);
    workerId = await registerWorker(db, "second");
    expect(await handOver(runId, distrusted)).toMatchObject([{ attempt: 2 }]);
  });

  it("is dated by its permit, for whoever looks it up", async () => {
    const before = new Date();
    await db.sql.query(
      "insert into carrier (workspace_id, channel_no, provider, account, can_ask) values ($1, $2, 'smtp', 'test', true)",
      [...[workspace.id, db.channels.noOf("email")]],
    );
    const { runId } = await doubted();
    await db.sql.query("update doubt set ask_at = chorus_now() where run_id = $1", [runId]);
    const [doubt] = await takeDoubts(db, 10);
    expect(doubt).toMatchObject({ runId, asked: 0, resent: false, alive: true, atMostOnce: false });
    // handOver's permit lasts 10 of the 12 minutes that a worker's does
    expect(Math.abs((doubt?.permittedAt.getTime() ?? 0) - before.getTime() + 120_000)).toBeLessThan(10_000);
  });
});
