import type { Id } from "@chorus/core/id";
import { readCopyBudget, setCopyCaps } from "@chorus/db/model-calls";
import type { Db } from "@chorus/db/open";
import { openTestLedger, testWorkspace } from "@chorus/db/test-run";
import { listVariantCalls } from "@chorus/db/variant-calls";
import { campaignMessage } from "@chorus/prompts/campaign-message";
import { openOpenAiWriter } from "@chorus/prompts/openai-writer";
import { sms, taskWith } from "@chorus/prompts/test-channels";
import { hangsUp, type ModelAnswer, type ModelServer, openModelServer, says } from "@chorus/prompts/test-model-server";
import type { Writing } from "@chorus/prompts/writer";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openCallBook } from "./call-book.ts";

let db: Db;
let close: () => Promise<void>;
let workspaceId: Id;
let server: ModelServer | null = null;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
});
afterAll(() => close());
beforeEach(async () => {
  workspaceId = (await testWorkspace(db)).id;
});
afterEach(async () => {
  await server?.close();
  server = null;
});

const prices = { small: { in: 0.5, out: 2 } };
const good = JSON.stringify({ sms: { text: "{{fact:product_1_name}}: {{link:shop}} Terms apply" } });
const bad = JSON.stringify({ sms: { text: "Now £1: {{link:shop}} Terms apply" } });

async function write(answers: readonly ModelAnswer[], of: { nonce?: number; priced?: boolean } = {}): Promise<Writing> {
  server ??= await openModelServer(...answers);
  const writer = await openOpenAiWriter({ baseUrl: server.baseUrl, apiKey: "key", model: "small", timeoutMs: 5_000 });
  const variant = { variantId: "5", workspaceId, campaignId: "7", nonce: of.nonce ?? 0 };
  const book = openCallBook(db, of.priced === false ? {} : prices, variant);
  return await writer.write(taskWith({ channels: [sms] }), { signal: new AbortController().signal, book });
}
const asked = () => server?.requests.length;
const spent = async () => (await readCopyBudget(db, workspaceId)).spent;

describe("writing that is paid for", () => {
  it("costs what its calls took, repairs included, by the installation's prices", async () => {
    expect(await write([says(bad), says(good)])).toMatchObject({
      is: "written",
      cost: { tokensIn: 200, tokensOut: 100 },
    });
    expect(await spent()).toBe(2 * (100 * 0.5 + 50 * 2));
  });

  it("can be shown call by call: what was sent beside the words, who answered, and what it took", async () => {
    await write([says(bad), says(good)], { nonce: 3 });
    const of = { workspaceId, variantId: "5", limit: 10, after: null };
    const [second, first] = await listVariantCalls(db, of);
    const parameters = {
      ...{ model: "small", max_completion_tokens: 1_792, response_format: "json_schema" },
      prompt_cache_key: expect.stringMatching(/^[0-9a-f]{32}$/),
    };
    const whole = {
      ...{
        prompt: `campaign_message@${campaignMessage.version}`,
        model: "test-model-2026",
        outcome: "answered",
        parameters,
      },
      ...{ tokensIn: 100, tokensCached: 0, tokensOut: 50, cost: 150, requestId: "req_test" },
    };
    expect([first, second]).toMatchObject([whole, whole]);
    expect(first?.reserved).toBeGreaterThan(150);
    expect(await listVariantCalls(db, { ...of, workspaceId: (await testWorkspace(db)).id })).toEqual([]);
  });

  it("is not paid for twice: the same task, with its repairs, asks nobody, until somebody wants other words", async () => {
    const [known, answered] = [
      ["known", 0, "req_test"],
      ["answered", 150, "req_test"],
    ];
    const first = await write([says(bad), says(good)]);
    const again = await write([]);
    expect(asked()).toBe(2);
    expect(again).toMatchObject({
      is: "written",
      contents: first.is === "written" && first.contents,
      cost: { tokensIn: 0 },
    });
    const calls = await listVariantCalls(db, { workspaceId, variantId: "5", limit: 10, after: null });
    expect(calls.map(({ outcome, cost, requestId }) => [outcome, cost, requestId])).toEqual([
      ...[known, known, answered, answered],
    ]);
    await write([], { nonce: 1 });
    expect(asked()).toBe(3);
  });

  it("stops at a cap before it asks, and says which", async () => {
    await setCopyCaps(db, workspaceId, { month: null, campaign: 100, callsPerMinute: null });
    expect(await write([says(good)])).toMatchObject({
      is: "not_written",
      outcome: "budget",
      detail: expect.stringContaining("campaign:7"),
    });
    expect(asked()).toBe(0);
  });

  it("does not use a model without a price under a cap, and says what to do", async () => {
    await setCopyCaps(db, workspaceId, { month: 1_000_000, campaign: null, callsPerMinute: null });
    expect(await write([says(good)], { priced: false })).toMatchObject({
      outcome: "budget",
      detail: expect.stringContaining("MODEL_PRICES"),
    });
  });

  it("counts a call that broke off with all that was set aside for it", async () => {
    expect(await write([hangsUp])).toMatchObject({ is: "not_written", outcome: "provider" });
    expect(await spent()).toBeGreaterThan(1_000);
    expect((await readCopyBudget(db, workspaceId)).reserved).toBe(0);
  });
});
