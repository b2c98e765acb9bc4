import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { drips, fails, floods, hangs, hangsUp, type ModelAnswer, says, sends } from "./test-model-server.ts";
import { answer, write } from "./test-writing.ts";

describe("a call of a model", () => {
  it("asks again with twice the room when the answer was cut off, and then gives up", async () => {
    const cut = says(answer.slice(0, 200), { finish_reason: "length" });
    const mended = await write([cut, says(answer)]);
    expect(mended.writing.is).toBe("written");
    expect(mended.requests[1]?.max_completion_tokens).toBe(2 * (mended.requests[0]?.max_completion_tokens ?? 0));
    const given = await write([cut]);
    expect(given.requests).toHaveLength(2);
    expect(given.writing).toMatchObject({ is: "not_written", outcome: "truncated", cost: { tokensOut: 100 } });
  });

  it.each([
    ["a refusal", says(null, { refusal: "I will not." }), "refused"],
    ["a refusal in prose", says("I’m sorry, but I can’t help with that."), "refused"],
    ["a filtered answer", says("", { finish_reason: "content_filter" }), "filtered"],
    ["a server's error", fails(500, "boom"), "provider"],
    ["a wrong key", fails(401, "Incorrect API key: sk-secret-key"), "provider"],
    ["no choices", sends('{"id":"x","choices":[]}'), "provider"],
    ["a page in place of JSON", sends("<html>Bad gateway</html>", "text/html"), "provider"],
    ["broken JSON", sends('{"choices": ['), "provider"],
    ["a line that dies", hangsUp, "provider"],
    ["more than anyone reads", floods, "provider"],
  ])("does not ask twice after %s", async (_what, reply, outcome) => {
    const { writing, requests } = await write([reply]);
    expect(requests).toHaveLength(1);
    expect(writing).toMatchObject({ is: "not_written", outcome });
    expect(JSON.stringify(writing)).not.toContain("sk-secret-key");
  });

  it("tells how long a 429 asks to wait", async () => {
    const { writing } = await write([fails(429, "slow down", { "retry-after": "7" })]);
    expect(writing).toMatchObject({ is: "not_written", outcome: "rate_limited", retryAfterMs: 7000 });
    const exact = await write([fails(429, "slow down", { "retry-after-ms": "250" })]);
    expect(exact.writing).toMatchObject({ outcome: "rate_limited", retryAfterMs: 250 });
  });

  it.each([
    ["never answers", hangs],
    ["drips its answer", drips],
  ])("gives up on a server that %s", async (_what, reply) => {
    const { writing } = await write([reply], { timeoutMs: 300 });
    expect(writing).toMatchObject({ is: "not_written", outcome: "provider" });
  });

  it("stops at once when it is told to", async () => {
    const stop = new AbortController();
    const stopping: ModelAnswer = () => stop.abort();
    const { writing } = await write([stopping], { signal: stop.signal, timeoutMs: 60_000 });
    expect(writing).toMatchObject({ is: "not_written", detail: "Stopped before it answered." });
  });

  it("leaves nothing on a signal that outlives its calls", async () => {
    const { signal } = new AbortController();
    await write([says("no")], { signal });
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
