/** What failures mean when they repeat, and what is known late: counted in the ledger, the same for all workers. */
import type { RefusalReason } from "@chorus/core/channel";
import { doubtWaitMs, provenWithinMs } from "@chorus/core/doubt";
import { classNames, messageClasses, type Settlement } from "@chorus/core/message";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { takeDoubts } from "./doubts.ts";
import { type HeardEvent, recordProviderEvents } from "./events.ts";
import type { Db } from "./open.ts";
import { permit } from "./permit.ts";
import { type Result, recordResults } from "./result.ts";
import { moveRunOf } from "./runs.ts";
import { sweep } from "./sweep.ts";
import {
  leaseTestRun,
  openTestLedger,
  plannedTestRun,
  type TestWorkspace,
  testContacts,
  testWorkspace,
} from "./test-run.ts";
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

const launch = (contacts: number) => plannedTestRun(db, workspace, contacts);

/** Hands everything that is due over and answers how each ended, without recording it. */
async function handOver(runId: string, settlement: Settlement): Promise<Result[]> {
  const leased = await leaseTestRun(db, { runId, workerId });
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
      "update address set value = 'c' || contact_id || '@domain' || contact_id % 4 || '.example' where workspace_id = $1",
      [workspace.id],
    );
    const results = await handOver(runId, distrusted);
    expect(await recordResults(db, workerId, results)).toEqual([]);
    await db.sql.query("update address set value = 'c' || contact_id || '@one.example' where workspace_id = $1", [
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
    await moveRunOf(db, { workspaceId: workspace.id, runId, action: "resume", personId: null });
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

  it.each(classNames.flatMap((name) => [true, false].map((canAsk) => [name, canAsk] as const)))(
    "of class %s, through a carrier that can be asked (%s), is looked at when a living worker's doubt would be, and not before it may be proven",
    async (name, canAsk) => {
      await db.sql.query(
        "insert into carrier (workspace_id, channel_no, provider, account, can_ask) values ($1, $2, 'smtp', 'test', $3)",
        [workspace.id, db.channels.noOf("email"), canAsk],
      );
      const runId = await launch(1);
      await handOver(runId, distrusted);
      await db.sql.query("update message set class = $2 where run_id = $1", [runId, messageClasses[name]]);
      await retireWorker(db, workerId);
      await sweep(db);
      const { rows } = await db.sql.query<{ waitMs: number | null }>(
        `select round(extract(epoch from ask_at - since), 1)::float8 * 1000 as "waitMs" from doubt where run_id = $1`,
        [runId],
      );
      expect(rows).toEqual([{ waitMs: doubtWaitMs({ class: name, canAsk }) ?? provenWithinMs }]);
    },
  );

  it("is dated by its permit, for whoever looks it up", async () => {
    const before = new Date();
    await db.sql.query(
      "insert into carrier (workspace_id, channel_no, provider, account, can_ask) values ($1, $2, 'smtp', 'test', true)",
      [...[workspace.id, db.channels.noOf("email")]],
    );
    const { runId } = await doubted();
    await db.sql.query("update doubt set ask_at = chorus_now() where run_id = $1", [runId]);
    const doubt = (await takeDoubts(db, 100)).find((each) => each.runId === runId);
    expect(doubt).toMatchObject({ runId, asked: 0, resent: false, alive: true, atMostOnce: false });
    // handOver's permit lasts 10 of the 12 minutes that a worker's does
    expect(Math.abs((doubt?.permittedAt.getTime() ?? 0) - before.getTime() + 120_000)).toBeLessThan(10_000);
  });
});
