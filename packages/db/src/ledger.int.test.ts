import { type Books, booksBalance, type Settlement } from "@chorus/core/message";
import { laneCount } from "@chorus/core/plan";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerDoubt, doubtsOf, proveUnsent } from "./doubts.ts";
import { recordProviderEvents } from "./events.ts";
import { expandPage } from "./expand.ts";
import { type Leased, lease } from "./lease.ts";
import type { Db } from "./open.ts";
import { permit } from "./permit.ts";
import { preflight } from "./preflight.ts";
import { listDoubts, runReport } from "./reports.ts";
import { recordResults } from "./result.ts";
import { moveRunOf } from "./runs.ts";
import { sweep } from "./sweep.ts";
import {
  openTestLedger,
  type TestRun,
  type TestWorkspace,
  testContacts,
  testRules,
  testRun,
  testWorkspace,
} from "./test-run.ts";
import { registerWorker, retireWorker } from "./workers.ts";

let db: Db;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
});
afterAll(() => close());

/** Minutes that no test outlives. */
const longMs = 600_000;
const accepted: Settlement = { is: "accepted", providerMessageId: "queue-1" };

async function planned(count: number): Promise<TestRun & { workspace: TestWorkspace; workerId: string }> {
  const workspace = await testWorkspace(db);
  await testContacts(db, workspace.id, count);
  const run = await testRun(db, { workspace });
  while ((await expandPage(db, run.runId)).is === "page");
  return { ...run, workspace, workerId: await registerWorker(db, "test") };
}

/** Everything that is due anywhere: runs take turns, so a lane is asked until it is empty. */
async function leaseAll(workerId: string): Promise<Leased[]> {
  const all: Leased[] = [];
  for (let lane = 0; lane < laneCount; lane++) {
    let some: Leased[] = [];
    do {
      some = await lease(db, { channel: "email", class: "marketing", lane, workerId, limit: 200 });
      all.push(...some);
    } while (some.length > 0);
  }
  return all;
}

async function books(of: { runId: string; workspace: TestWorkspace }): Promise<Books> {
  const report = await runReport(db, { workspaceId: of.workspace.id, runId: of.runId });
  if (!report) throw new Error("no report");
  expect(booksBalance(report.books)).toBe(true);
  return report.books;
}

async function sendAll(of: { runId: string; workerId: string }, settlement: Settlement) {
  const leased = (await leaseAll(of.workerId)).filter((each) => each.runId === of.runId);
  const permits = await permit(db, leased, longMs);
  const results = leased.flatMap((each, index) => {
    const given = permits[index];
    return given?.is === "send"
      ? [{ runId: each.runId, messageId: each.messageId, attempt: given.attempt, settlement }]
      : [];
  });
  await recordResults(db, of.workerId, results);
  return results;
}

describe("D10: planning a run", () => {
  it("writes one row for every contact and channel, and a second planning adds none", async () => {
    const run = await planned(40);
    await db.sql.query("update run_expansion set done = false, cursor_contact = 0 where run_id = $1", [run.runId]);
    await Promise.all([expandPage(db, run.runId), expandPage(db, run.runId)]);
    expect(await books(run)).toMatchObject({ planned: 40, open: 40 });
  });

  it("keeps whoever cannot be written to as a row with a reason, exactly as preflight counted", async () => {
    const workspace = await testWorkspace(db);
    const ids = await testContacts(db, workspace.id, 10);
    await db.sql.query("delete from address where contact_id = $1", [ids[0]]);
    await db.sql.query("update consent set state = 'withdrawn' where contact_id = any($1)", [[ids[1], ids[2]]]);
    await db.sql.query(
      "insert into suppression select $1, channel_no, hash, 'all', 'hard_bounce', 'test' from address where contact_id = $2",
      [workspace.id, ids[3]],
    );
    const run = await testRun(db, { workspace });
    const counted = await preflight(db, run.plan);
    await expandPage(db, run.runId);
    const skipped = { no_address: 1, no_consent: 2, suppressed: 1 };
    expect(counted.channels.email).toMatchObject({ planned: 10, willSend: 6, skipped });
    expect(await books({ ...run, workspace })).toMatchObject({ planned: 10, open: 6, skipped });
  });

  it("leaves contacts that came after the launch for another run", async () => {
    const workspace = await testWorkspace(db);
    await testContacts(db, workspace.id, 5);
    const run = await testRun(db, { workspace });
    await db.sql.query("update contact set external_id = 'old-' || external_id where workspace_id = $1", [
      workspace.id,
    ]);
    await testContacts(db, workspace.id, 5);
    while ((await expandPage(db, run.runId)).is === "page");
    expect(await books({ ...run, workspace })).toMatchObject({ planned: 5 });
  });

  it("gives each contact the variant of its language", async () => {
    const run = await planned(9);
    const { rows } = await db.sql.query(
      "select m.locale, count(*)::int from message m join variant v on v.id = m.variant_id and v.locale = m.locale where run_id = $1 group by 1 order by 1",
      [run.runId],
    );
    expect(rows).toEqual([
      { locale: "en", count: 6 },
      { locale: "zh", count: 3 },
    ]);
  });
});

describe("leasing", () => {
  it("gives a message to one worker only, however many ask at once", async () => {
    const run = await planned(60);
    const rounds = await Promise.all(Array.from({ length: 5 }, () => leaseAll(run.workerId)));
    const mine = rounds.flat().filter((each) => each.runId === run.runId);
    expect(mine).toHaveLength(60);
    expect(new Set(mine.map((each) => each.messageId)).size).toBe(60);
  });

  it("D2: takes back at once what a dead worker held, and another worker gets it", async () => {
    const run = await planned(8);
    await leaseAll(run.workerId);
    await retireWorker(db, run.workerId);
    await sweep(db);
    const again = await leaseAll(await registerWorker(db, "second"));
    expect(again.filter((each) => each.runId === run.runId)).toHaveLength(8);
  });
});

describe("the permit", () => {
  it("is refused after an opt-out that came between planning and sending", async () => {
    const run = await planned(3);
    const leased = (await leaseAll(run.workerId)).filter((each) => each.runId === run.runId);
    await db.sql.query(
      "insert into suppression select workspace_id, channel_no, address_hash, 'marketing', 'stop', 'test' from message where run_id = $1 and id = $2",
      [run.runId, leased[1]?.messageId],
    );
    expect(await permit(db, leased, longMs)).toEqual([
      { is: "send", attempt: 1 },
      { is: "skipped", reason: "suppressed" },
      { is: "send", attempt: 1 },
    ]);
    expect(await books(run)).toMatchObject({ skipped: { suppressed: 1 }, open: 2 });
  });

  it("D12: hands back what belongs to a paused run, and sends it after the run is resumed", async () => {
    const run = await planned(4);
    const leased = (await leaseAll(run.workerId)).filter((each) => each.runId === run.runId);
    const move = (action: "pause" | "resume") =>
      moveRunOf(db, { workspaceId: run.workspace.id, runId: run.runId, action, personId: null });
    expect(await move("pause")).toMatchObject({ is: "moved", state: "paused", alreadyWithProvider: 0 });
    expect((await permit(db, leased, longMs)).map((each) => each.is)).toEqual(Array(4).fill("hand_back"));
    expect(await leaseAll(run.workerId)).toHaveLength(0);
    await move("resume");
    await sendAll(run, accepted);
    expect(await books(run)).toMatchObject({ accepted: 4, open: 0 });
  });

  it("D5: answers a worker whose lease was taken back with hand back, never with send", async () => {
    const run = await planned(2);
    const stale = (await leaseAll(run.workerId)).filter((each) => each.runId === run.runId);
    await db.sql.query("update due set lease_until = chorus_now() - interval '1 second' where run_id = $1", [
      run.runId,
    ]);
    await sweep(db);
    const fresh = (await leaseAll(run.workerId)).filter((each) => each.runId === run.runId);
    expect((await permit(db, stale, longMs)).map((each) => each.is)).toEqual(["hand_back", "hand_back"]);
    expect((await permit(db, fresh, longMs)).map((each) => each.is)).toEqual(["send", "send"]);
    await recordResults(
      db,
      run.workerId,
      fresh.map((each) => ({ runId: each.runId, messageId: each.messageId, attempt: 1, settlement: accepted })),
    );
  });

  it("waits for the contact's morning in a live workspace and does not wait in a sandbox", async () => {
    const workspace = await testWorkspace(db, "live");
    await testContacts(db, workspace.id, 1);
    const never = { from: 24, to: 24 }; // an hour that no clock shows: always quiet
    for (const holds of ["wait", "show"] as const) {
      const run = await testRun(db, { workspace, rules: { email: { ...testRules, hours: never, holds } } });
      await expandPage(db, run.runId);
      const { rows } = await db.sql.query<{ waits: boolean; hold: string }>(
        "select d.not_before > chorus_now() as waits, m.hold from due d join message m on m.id = d.message_id where d.run_id = $1",
        [run.runId],
      );
      expect(rows).toEqual([{ waits: holds === "wait", hold: "quiet_hours" }]);
      await moveRunOf(db, { workspaceId: workspace.id, runId: run.runId, action: "cancel", personId: null });
    }
  });
});

describe("the result", () => {
  it("D1: closes the books and finishes the run, and the database refuses to finish it earlier", async () => {
    const run = await planned(5);
    await expect(db.sql.query("update run set state = 'finished' where id = $1", [run.runId])).rejects.toThrow(
      /still open/,
    );
    await sendAll(run, accepted);
    await sweep(db);
    const report = await runReport(db, { workspaceId: run.workspace.id, runId: run.runId });
    expect(report).toMatchObject({ run: { state: "finished" }, books: { planned: 5, accepted: 5, open: 0 } });
  });

  it("D5: of an older attempt never settles a newer one", async () => {
    const run = await planned(1);
    const [first] = await sendAll(run, { is: "deferred", inMs: 0, detail: "451 later", scope: "message", about: null });
    if (!first) throw new Error("nothing was sent");
    const [leased] = (await leaseAll(run.workerId)).filter((each) => each.runId === run.runId);
    if (!leased) throw new Error("not due again");
    expect(await permit(db, [leased], longMs)).toEqual([{ is: "send", attempt: 2 }]);
    await recordResults(db, run.workerId, [{ ...first, settlement: accepted }]);
    expect(await books(run)).toMatchObject({ accepted: 0, open: 1 });
    await recordResults(db, run.workerId, [{ ...first, attempt: 2, settlement: accepted }]);
    expect(await books(run)).toMatchObject({ accepted: 1, open: 0 });
  });

  it("of a hard bounce suppresses the address for every later run", async () => {
    const run = await planned(1);
    await sendAll(run, { is: "failed", reason: "no_such_address", detail: "550 5.1.1", suppress: "hard_bounce" });
    expect(await books(run)).toMatchObject({ failed: { no_such_address: 1 } });
    expect((await preflight(db, run.plan)).channels.email).toMatchObject({ skipped: { suppressed: 1 } });
  });
});

describe("D4: doubt", () => {
  async function doubtful(count: number) {
    const run = await planned(count);
    const leased = (await leaseAll(run.workerId)).filter((each) => each.runId === run.runId);
    await permit(db, leased, longMs);
    await retireWorker(db, run.workerId);
    await sweep(db);
    return { run, leased };
  }

  it("is what a worker's death between permit and result leaves: listed with the worker, never guessed", async () => {
    const { run, leased } = await doubtful(3);
    expect(await books(run)).toMatchObject({ inDoubt: 3, open: 0, accepted: 0 });
    const doubts = await listDoubts(db, { workspaceId: run.workspace.id, runId: run.runId, limit: 10 });
    expect(doubts.map((doubt) => doubt.messageId).sort()).toEqual(leased.map((each) => each.messageId).sort());
    expect(doubts[0]).toMatchObject({
      worker: "test",
      attempt: 1,
      detail: "the worker died between permit and result",
      resolution: null,
    });
  });

  it("is settled by a late answer and by a provider's callback", async () => {
    const { run, leased } = await doubtful(2);
    const [late, reported] = leased;
    if (!late || !reported) throw new Error("two messages were leased");
    await recordResults(db, run.workerId, [
      { runId: run.runId, messageId: late.messageId, attempt: 1, settlement: accepted },
    ]);
    const carrier = await db.sql.query<{ id: string }>(
      "insert into carrier (workspace_id, channel_no, provider, account) values ($1, $2, 'smtp', 'test') returning id",
      [run.workspace.id, db.channels.noOf("email")],
    );
    const event = {
      is: "delivery",
      key: "k1",
      delivery: "delivered",
      message: { runId: run.runId, messageId: reported.messageId },
    } as const;
    const at = { id: carrier.rows[0]?.id ?? "", workspaceId: run.workspace.id, channel: "email" };
    await recordProviderEvents(db, at, [event, event]);
    await recordProviderEvents(db, at, [{ ...event, key: "k2", delivery: "sent" }]);
    expect(await books(run)).toMatchObject({ accepted: 2, inDoubt: 0 });
    const { rows } = await db.sql.query("select delivery, delivery_rank from message where run_id = $1 and id = $2", [
      run.runId,
      reported.messageId,
    ]);
    expect(rows).toEqual([{ delivery: "delivered", delivery_rank: 3 }]);
  });

  it("is settled by proof also after it was left to a person, and the worker it was listed for can ask after it", async () => {
    const { run, leased } = await doubtful(1);
    const [message] = leased;
    if (!message) throw new Error("a message was leased");
    const ref = { runId: run.runId, messageId: message.messageId, attempt: 1 };
    await answerDoubt(db, { ...ref, answer: { is: "final" } });
    expect(await doubtsOf(db, run.workerId, [message.messageId])).toEqual([ref]);
    await proveUnsent(db, [ref]);
    expect(await books(run)).toMatchObject({ inDoubt: 0, open: 1 });
    expect(await doubtsOf(db, run.workerId, [message.messageId])).toEqual([]);
  });

  it("with proof that it was not taken is sent again, and without any proof stays with a person", async () => {
    const { run, leased } = await doubtful(2);
    const [proven, silent] = leased;
    if (!proven || !silent) throw new Error("two messages were leased");
    const answer = (messageId: string, is: "not_accepted" | "final") =>
      answerDoubt(db, { runId: run.runId, messageId, attempt: 1, answer: { is } });
    await answer(proven.messageId, "not_accepted");
    await answer(silent.messageId, "final");
    expect(await books(run)).toMatchObject({ open: 1, inDoubt: 1 });
    const workerId = await registerWorker(db, "third");
    const sent = await sendAll({ runId: run.runId, workerId }, accepted);
    expect(sent).toMatchObject([{ messageId: proven.messageId, attempt: 2 }]);
    expect(await books(run)).toMatchObject({ accepted: 1, inDoubt: 1, open: 0 });
  });
});

describe("cancelling", () => {
  it("D11: counts everything unsent as cancelled at once, and what was sent stays accepted", async () => {
    const run = await planned(20);
    const [lane0] = await Promise.all([
      lease(db, { channel: "email", class: "marketing", lane: 0, workerId: run.workerId, limit: 1 }),
    ]);
    const permits = await permit(db, lane0, longMs);
    const flying = permits.filter((each) => each.is === "send").length;
    const moved = await moveRunOf(db, {
      workspaceId: run.workspace.id,
      runId: run.runId,
      action: "cancel",
      personId: null,
    });
    expect(moved).toMatchObject({ is: "moved", state: "cancelling", alreadyWithProvider: flying });
    expect(await books(run)).toMatchObject({ cancelled: 20 - flying, open: flying });
    await recordResults(
      db,
      run.workerId,
      lane0.map((each) => ({ runId: each.runId, messageId: each.messageId, attempt: 1, settlement: accepted })),
    );
    await sweep(db);
    const report = await runReport(db, { workspaceId: run.workspace.id, runId: run.runId });
    expect(report).toMatchObject({
      run: { state: "cancelled" },
      books: { cancelled: 20 - flying, accepted: flying, open: 0 },
    });
  });

  it("goes on for a message that is proven unsent after the run was cancelled around its doubt", async () => {
    const run = await planned(1);
    const [leased] = (await leaseAll(run.workerId)).filter((each) => each.runId === run.runId);
    if (!leased) throw new Error("nothing was leased");
    await permit(db, [leased], longMs);
    await moveRunOf(db, { workspaceId: run.workspace.id, runId: run.runId, action: "cancel", personId: null });
    await retireWorker(db, run.workerId);
    await sweep(db);
    expect(await books(run)).toMatchObject({ inDoubt: 1, open: 0 });
    await proveUnsent(db, [{ ...leased, attempt: 1 }]);
    await sweep(db);
    const report = await runReport(db, { workspaceId: run.workspace.id, runId: run.runId });
    expect(report).toMatchObject({ run: { state: "cancelled" }, books: { cancelled: 1, inDoubt: 0, open: 0 } });
  });
});
