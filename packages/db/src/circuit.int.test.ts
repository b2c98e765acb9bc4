import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { findCarrier } from "./carriers.ts";
import { blockCarrier, closeCircuit, pauseCarrier, releaseCarrier, takeProbe } from "./circuit.ts";
import type { Db } from "./open.ts";
import { permit } from "./permit.ts";
import { leaseTestRun, openTestLedger, plannedTestRun, type TestWorkspace, testWorkspace } from "./test-run.ts";
import { registerWorker } from "./workers.ts";

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
const leaseAll = (runId: string) => leaseTestRun(db, { runId, workerId });

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

  it("D15: permits nothing that was leased before the block, but the one that goes ahead", async () => {
    const [first, ...others] = await leaseAll(await launch(3));
    if (!first) throw new Error("nothing was due");
    await block(60_000);
    const answers = await permit(db, [{ ...first, isProbe: true }, ...others], 600_000);
    expect(answers.map(({ is }) => is)).toEqual(["send", "hand_back", "hand_back"]);
    await closeCircuit(db, at());
    expect(await leaseAll(first.runId), "they were put back").toHaveLength(2);
  });

  it("keeps the longer of two blocks, with its reason", async () => {
    await block(3_600_000, "HTTP 429");
    const { until } = await standing();
    await block(1_000, "ECONNRESET while connecting");
    expect(await standing()).toEqual({ until, because: "HTTP 429", isPaused: false });
  });

  it("is left alone for as long as the answer to the one that went ahead says, and no longer", async () => {
    await block(60_000);
    await timePasses();
    expect(await takeProbe(db, at())).not.toBeNull();
    const asked = { ...at(), because: "HTTP 429", failures: 2, isProbe: true };
    await blockCarrier(db, db.sql, { ...asked, forMs: 1 });
    await vi.waitFor(async () => expect(await takeProbe(db, at())).not.toBeNull(), { timeout: 2_000 });
    await blockCarrier(db, db.sql, { ...asked, forMs: 60_000 });
    const { until } = await standing();
    await blockCarrier(db, db.sql, { ...asked, forMs: 1 });
    expect((await standing()).until, "a longer block than that of one that goes ahead stays").toEqual(until);
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
