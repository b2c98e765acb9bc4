import { afterEach, describe, expect, it } from "vitest";
import { openOpenAiWriter } from "./openai-writer.ts";
import { sms, taskWith } from "./test-channels.ts";
import { fails, hangs, type ModelAnswer, type ModelServer, openModelServer, says } from "./test-model-server.ts";
import { writeWithFallback } from "./write-with-fallback.ts";

const good = says(JSON.stringify({ sms: { text: "{{fact:product_1_name}}: {{link:shop}} Terms apply" } }));

let server: ModelServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function write(answers: readonly ModelAnswer[], how: { maxWaitMs?: number; signal?: AbortSignal } = {}) {
  server = await openModelServer(...answers);
  const model = await openOpenAiWriter({ baseUrl: server.baseUrl, apiKey: "none", model: "small" });
  const signal = how.signal ?? new AbortController().signal;
  const task = taskWith({ channels: [sms] });
  const writing = await writeWithFallback({ model, task, signal, maxWaitMs: how.maxWaitMs });
  return { writing, requests: server.requests };
}

describe("writing with a fallback", () => {
  it("takes the model's copy where there is one", async () => {
    const { writing } = await write([good]);
    expect(writing).toMatchObject({ is: "written", writer: "openai", fallbackReason: null });
  });

  it("writes without a model where none is set, and calls that no fallback", async () => {
    const { signal } = new AbortController();
    const writing = await writeWithFallback({ model: null, task: taskWith(), signal });
    expect(writing).toMatchObject({ is: "written", writer: "template", fallbackReason: null });
  });

  it("waits out a short rate limit", async () => {
    const { writing, requests } = await write([fails(429, "slow down", { "retry-after-ms": "600" }), good]);
    expect(writing).toMatchObject({ is: "written", writer: "openai" });
    expect(requests).toHaveLength(2);
  });

  it("does not wait longer than its bound: the template writer stands in and says why", async () => {
    const { writing, requests } = await write([fails(429, "slow down", { "retry-after": "60" })], { maxWaitMs: 1000 });
    expect(requests).toHaveLength(1);
    expect(writing).toMatchObject({ is: "written", writer: "template", model: "template (no model)" });
    expect(writing.fallbackReason).toMatch(/^rate_limited: .*slow down/);
  });

  it("asks a failing server once more", async () => {
    const mended = await write([fails(500, "boom"), good]);
    expect(mended.writing).toMatchObject({ writer: "openai", fallbackReason: null });
    await server?.close();
    const { writing, requests } = await write([fails(500, "boom")]);
    expect(requests).toHaveLength(2);
    expect(writing).toMatchObject({ writer: "template" });
    expect(writing.fallbackReason).toMatch(/^provider: 500/);
  });

  it("does not repeat a refusal, and counts what the model's tries have cost", async () => {
    const { writing, requests } = await write([says(null, { refusal: "No." })]);
    expect(requests).toHaveLength(1);
    expect(writing).toMatchObject({
      is: "written",
      writer: "template",
      fallbackReason: "refused: No.",
      cost: { tokensIn: 100, tokensOut: 50 },
    });
  });

  it("says so when nobody can write it", async () => {
    server = await openModelServer(says("no"));
    const model = await openOpenAiWriter({ baseUrl: server.baseUrl, apiKey: "none", model: "small" });
    const { signal } = new AbortController();
    const writing = await writeWithFallback({ model, task: taskWith({ locale: "sv-SE" }), signal });
    expect(writing).toMatchObject({ is: "not_written", cost: { tokensIn: 300 } });
    expect(writing.fallbackReason).toMatch(/^invalid_json/);
  });

  it("writes nothing after it was stopped", async () => {
    const stop = new AbortController();
    const stopping: ModelAnswer = (...call) => {
      hangs(...call);
      stop.abort();
    };
    const { writing, requests } = await write([stopping], { signal: stop.signal });
    expect(requests).toHaveLength(1);
    expect(writing).toMatchObject({ is: "not_written", fallbackReason: null });
  });
});
