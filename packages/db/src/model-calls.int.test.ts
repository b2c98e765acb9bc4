import type { Id } from "@chorus/core/id";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { giveUpCalls, openCall, readCopyBudget, setCopyCaps, settleCall } from "./model-calls.ts";
import type { Db } from "./open.ts";
import { openTestLedger, testWorkspace } from "./test-run.ts";

let db: Db;
let close: () => Promise<void>;
let workspaceId: Id;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
});
afterAll(() => close());
beforeEach(async () => {
  workspaceId = (await testWorkspace(db)).id;
});

const noCaps = { month: null, campaign: null, callsPerMinute: null };
const call = (key: string, of: { atMost?: number | null; campaignId?: Id } = {}) => ({
  ...{
    workspaceId,
    key,
    campaignId: of.campaignId ?? "7",
    variantId: "5",
    prompt: "campaign_message@2",
    model: "small",
  },
  atMost: of.atMost === undefined ? 1_000 : of.atMost,
});
async function opened(key: string, of: Parameters<typeof call>[1] = {}): Promise<Id> {
  const call_ = await openCall(db, call(key, of));
  return call_.is === "open" ? call_.id : expect.fail(`${key} is ${call_.is}`);
}
const cost = (micros: number) => ({
  ...{ tokensIn: 900, tokensCached: 0, tokensOut: 100, latencyMs: 20, requestId: "req_1" },
  micros,
});
const settle = (id: Id, micros: number | null, answer: string | null = "{}") =>
  settleCall(db, {
    id,
    outcome: answer === null ? "provider" : "answered",
    model: "small-1",
    answer,
    parameters: { model: "small" },
    cost: micros === null ? null : cost(micros),
  });
const sums = async () => {
  const { spent, reserved } = await readCopyBudget(db, workspaceId);
  return { spent, reserved };
};

describe("the book of model calls", () => {
  it("sets room aside before a call, and spends what it cost when it is over", async () => {
    const id = await opened("a");
    expect(await sums()).toEqual({ spent: 0, reserved: 1_000 });
    await settle(id, 250);
    expect(await sums()).toEqual({ spent: 250, reserved: 0 });
    await settle(id, 900);
    expect(await sums()).toEqual({ spent: 250, reserved: 0 });
  });

  it("books no call with more than was set aside for it, whatever the server says it took", async () => {
    await settle(await opened("a"), 40_000);
    expect(await sums()).toEqual({ spent: 1_000, reserved: 0 });
  });

  it("answers what was asked before, and pays for it once; not what another workspace asked", async () => {
    await settle(await opened("a"), 250, '{"sms":{}}');
    expect(await openCall(db, call("a"))).toEqual({ is: "known", model: "small-1", answer: '{"sms":{}}' });
    expect(await sums()).toEqual({ spent: 250, reserved: 0 });
    workspaceId = (await testWorkspace(db)).id;
    expect((await openCall(db, call("a"))).is).toBe("open");
  });

  it("asks again what was not answered", async () => {
    await settle(await opened("a"), 250, null);
    expect((await openCall(db, call("a"))).is).toBe("open");
  });

  it("counts a call of which nobody knows what it cost with all that was set aside, settled or not", async () => {
    await settle(await opened("a"), null, null);
    expect(await sums()).toEqual({ spent: 1_000, reserved: 0 });
    await opened("b", { atMost: 300 });
    await giveUpCalls(db.sql);
    expect(await sums()).toEqual({ spent: 1_000, reserved: 300 });
    await db.sql.query("update model_call set at = at - interval '20 minutes' where settled_at is null");
    await giveUpCalls(db.sql);
    expect(await sums()).toEqual({ spent: 1_300, reserved: 0 });
  });

  it("holds a cap of a campaign and one of a month, though twenty ask at once", async () => {
    await setCopyCaps(db, workspaceId, { ...noCaps, campaign: 5_000 });
    const asked = await Promise.all(Array.from({ length: 20 }, (_, no) => openCall(db, call(`${no}`))));
    expect(asked.filter(({ is }) => is === "open")).toHaveLength(5);
    expect(asked.find(({ is }) => is === "over")).toEqual({ is: "over", scopes: ["campaign:7"] });
    expect((await openCall(db, call("another", { campaignId: "8" }))).is).toBe("open");
    await setCopyCaps(db, workspaceId, { ...noCaps, month: 6_500 });
    const { month } = await readCopyBudget(db, workspaceId);
    expect(await openCall(db, call("last", { campaignId: "9" }))).toEqual({ is: "over", scopes: [month] });
    expect(await sums()).toEqual({ spent: 0, reserved: 6_000 });
  });

  it("makes so many calls a minute, and says when there is room again", async () => {
    await setCopyCaps(db, workspaceId, { ...noCaps, callsPerMinute: 2 });
    await opened("a");
    await opened("b");
    const third = await openCall(db, call("c"));
    expect(third.is === "busy" && third.retryAfterMs).toBeGreaterThan(50_000);
    await db.sql.query("update model_call set at = at - interval '61 seconds'");
    expect((await openCall(db, call("c"))).is).toBe("open");
  });

  it("holds nothing against a cap that has no price, and counts it for nothing where there is no cap", async () => {
    await opened("a", { atMost: null });
    expect(await sums()).toEqual({ spent: 0, reserved: 0 });
    await setCopyCaps(db, workspaceId, { ...noCaps, month: 1 });
    expect(await openCall(db, call("b", { atMost: null }))).toEqual({ is: "unpriced" });
  });
});
