import { getEventListeners } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { type CallRecord, openOpenAiWriter } from "./openai-writer.ts";
import { email, facts, post, sms, taskWith } from "./test-channels.ts";
import {
  drips,
  fails,
  floods,
  hangs,
  hangsUp,
  type ModelAnswer,
  type ModelServer,
  openModelServer,
  says,
  sends,
} from "./test-model-server.ts";
import type { Writing } from "./writer.ts";

const good = {
  email: {
    subject: "{{fact:product_1_name}}, and {{fact:offer}} off",
    preheader: null,
    headline: "A warm hello from {{fact:product_1_name}}",
    paragraphs: [
      "Hello {{contact:first_name|there}}, we have a few ideas.",
      "Good until {{fact:offer_ends}}. Terms apply.",
    ],
    button: { label: "See the shelf", link: "shop" },
  },
  sms: { text: "{{fact:product_1_name}} for {{fact:product_1_price}}: {{link:shop}} Terms apply" },
  post: {
    headline: "{{fact:offer}} off until {{fact:offer_ends}}",
    text: "Come and see {{fact:product_1_name}}. Terms apply.",
    button: "Have a look",
    link: "shop",
    pinned: false,
  },
};
const answer = JSON.stringify(good);
const with_ = (change: object): string => JSON.stringify({ ...good, ...change });

let server: ModelServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function write(answers: readonly ModelAnswer[], how: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  server = await openModelServer(...answers);
  const calls: CallRecord[] = [];
  const writer = await openOpenAiWriter({
    baseUrl: server.baseUrl,
    apiKey: "sk-secret-key",
    model: "small",
    timeoutMs: how.timeoutMs ?? 10_000,
    log: (call) => calls.push(call),
  });
  const writing = await writer.write(taskWith(), { signal: how.signal ?? new AbortController().signal });
  return { writing, calls, requests: server.requests };
}

/** The last user message, which must be one JSON object on its own. */
const lastJson = (request: { messages: readonly { role: string; content: string }[] } | undefined) =>
  JSON.parse(request?.messages.findLast(({ role }) => role === "user")?.content ?? "null");

describe("the openai writer", () => {
  it("asks once for every channel, and keeps what it cost and who answered", async () => {
    const { writing, requests, calls } = await write([says(answer)]);
    expect(requests).toHaveLength(1);
    const { preheader: _, ...mail } = good.email;
    expect(writing).toEqual({
      is: "written",
      contents: { ...good, email: mail },
      writer: "openai",
      model: "test-model-2026",
      promptId: "campaign_message",
      promptVersion: 3,
      cost: { tokensIn: 100, tokensCached: 0, tokensOut: 50, latencyMs: expect.any(Number), requestId: "req_test" },
    });
    expect(calls).toMatchObject([{ outcome: "ok", repair: 0, model: "test-model-2026" }]);
  });

  it("sends what any compatible server takes: max_tokens, a strict schema, no seed, no temperature", async () => {
    const { requests } = await write([says(answer)]);
    expect(Object.keys(requests[0] ?? {}).sort()).toEqual(["max_tokens", "messages", "model", "response_format"]);
    expect(requests[0]?.response_format).toMatchObject({ type: "json_schema", json_schema: { strict: true } });
    expect(lastJson(requests[0])).toMatchObject({
      segment: { name: "Regulars" },
      locale: "en-GB",
      channels: [{ id: "email" }, { id: "sms" }, { id: "post" }],
      slots: expect.arrayContaining([
        { id: "fact:product_1_price", kind: "money", example: "£2.95", label: "product_1_price" },
        { id: "link:shop", kind: "link", example: "Our shop", label: "Our shop" },
      ]),
      brief: { goal: expect.any(String), mustSay: ["Terms apply"] },
    });
  });

  it.each([
    ["fenced", `Here you are:\n\`\`\`json\n${answer}\n\`\`\`\nEnjoy {it}!`],
    ["after thoughts", `<think>Maybe {"email": "no"}?</think>${answer}`],
    ["after thoughts whose beginning is in the prompt", `So {I} think.</think>\n${answer}`],
    ["with a key of its own", with_({ notes: "I liked this" })],
  ])("reads an answer that comes %s", async (_how, content) => {
    const { writing, requests } = await write([says(content)]);
    expect(writing.is).toBe("written");
    expect(requests).toHaveLength(1);
  });

  it("gives findings back at the end of the same task, twice at most, and takes what is mended", async () => {
    const wrong = with_({ sms: { text: "Mug for £2.95: {{link:shop}} Terms apply" } });
    const { writing, requests, calls } = await write([says(wrong), says("no idea"), says(answer)]);
    expect(writing).toMatchObject({ is: "written", cost: { tokensIn: 300, tokensOut: 150 } });
    expect(calls.map(({ outcome, repair }) => [outcome, repair])).toEqual([
      ["guard", 0],
      ["invalid_json", 1],
      ["ok", 2],
    ]);
    const [first, second] = requests.map(lastJson);
    const { repair, ...again } = second;
    expect(again).toEqual(first);
    expect(Object.keys(second).at(-1)).toBe("repair");
    expect(repair.previous).toBe(wrong);
    expect(repair.findings).toEqual([{ path: "sms.text", problem: expect.any(String), got: "£2.95" }]);
  });

  describe("of a field that is only too long", () => {
    const mugs = "A mug is a mug and a good one. ";
    const long = `${mugs.repeat(18)}See {{link:shop}} now. Terms apply`;
    const tooLong = with_({ sms: { text: long } });
    const smsOf = (writing: Writing) => writing.is === "written" && (writing.contents.sms as { text: string }).text;

    it("has that field shortened by a call of its own, and leaves the others as they are", async () => {
      const short = "A good mug. See {{link:shop}} now. Terms apply";
      const { writing, requests, calls } = await write([says(tooLong), says(JSON.stringify({ text: short }))]);
      expect(requests).toHaveLength(2);
      expect(lastJson(requests[1])).toEqual({
        ...{ locale: "en-GB", text: long, problem: "Shorten it to 3." },
        keep: ["{{link:shop}}", "Terms apply"],
      });
      expect(smsOf(writing)).toBe(short);
      expect(writing).toMatchObject({ contents: { post: good.post }, cost: { tokensIn: 200, tokensOut: 100 } });
      expect(calls.map(({ promptId, outcome }) => `${promptId} ${outcome}`)).toEqual([
        "campaign_message guard",
        "shorten_field ok",
      ]);
    });

    it.each([
      ["is no shorter", JSON.stringify({ text: `${long} indeed` })],
      ["has lost the link", JSON.stringify({ text: "A good mug. Terms apply" })],
      ["is no answer", "I would rather not say."],
    ])("cuts it at a sentence where what comes back %s, never at the link or what must be said", async (_why, back) => {
      const { writing, requests } = await write([says(tooLong), says(back)]);
      expect(requests).toHaveLength(2);
      const text = smsOf(writing);
      expect(text).toMatch(/^(?:A mug is a mug and a good one\. )+See \{\{link:shop\}\} now\. Terms apply$/);
      expect(`${text}`.length).toBeGreaterThan(300);
    });

    it("neither asks twice nor cuts a subject: that takes a repair of the whole", async () => {
      const subject = `${"very ".repeat(25)}good mugs`;
      const wrong = with_({ email: { ...good.email, subject } });
      const { writing, requests } = await write([says(wrong), says("no"), says(answer)]);
      expect(writing.is).toBe("written");
      expect(lastJson(requests[2]).repair.findings).toMatchObject([{ path: "email.subject" }]);
    });

    it("mends everything together where something else is wrong too", async () => {
      const wrong = with_({ sms: { text: long }, post: { ...good.post, text: "Only £1. Terms apply" } });
      const { requests } = await write([says(wrong), says(answer)]);
      expect(lastJson(requests[1]).repair.findings).toHaveLength(2);
    });
  });

  it.each([
    ["invented figures", with_({ sms: { text: "Only £1 today: {{link:shop}} Terms apply" } }), "guard", "claim.price"],
    ["a foreign address", with_({ sms: { text: "See evil.example now. Terms apply" } }), "guard", "claim.url"],
    ["a slot that is none", with_({ sms: { text: "{{ssn}} {{link:shop}} Terms apply" } }), "guard", "slot.forbidden"],
    ["a link that is none", with_({ post: { ...good.post, text: "{{link:evil}} Terms apply" } }), "guard", "evil"],
    [
      "another language",
      with_({ post: { ...good.post, text: "为您的厨房挑了几件好物，Terms apply" } }),
      "guard",
      "language",
    ],
    ["no content for a channel", with_({ sms: undefined }), "schema", "contents.sms"],
    ["a wrong type", with_({ sms: { text: 5 } }), "schema", "contents.sms.text"],
    ["prose", "I had rather talk about tea.", "invalid_json", ""],
    ["nothing", "", "invalid_json", ""],
    ["a list", "[1, 2]", "invalid_json", ""],
  ])("never hands on %s: after two repairs it says what was wrong", async (_what, content, outcome, detail) => {
    const { writing, requests } = await write([says(content)]);
    expect(requests).toHaveLength(3);
    expect(writing).toMatchObject({ is: "not_written", outcome, cost: { tokensIn: 300 } });
    if (writing.is === "not_written") expect(writing.detail).toContain(detail);
  });

  it("asks again with twice the room when the answer was cut off, and then gives up", async () => {
    const cut = says(answer.slice(0, 200), { finish_reason: "length" });
    const mended = await write([cut, says(answer)]);
    expect(mended.writing.is).toBe("written");
    expect(mended.requests[1]?.max_tokens).toBe(2 * (mended.requests[0]?.max_tokens ?? 0));
    await server?.close();
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
    await server?.close();
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

  it("puts the request another way when a server does not take response_format, and remembers", async () => {
    const picky: ModelAnswer = (request, response, call) => {
      if (request.response_format) fails(400, "response_format is not supported")(request, response, call);
      else says(`Sure: ${answer}`)(request, response, call);
    };
    server = await openModelServer(picky);
    const writer = await openOpenAiWriter({ baseUrl: server.baseUrl, apiKey: "none", model: "small" });
    const { signal } = new AbortController();
    expect((await writer.write(taskWith(), { signal })).is).toBe("written");
    expect(server.requests.map(({ response_format }) => response_format?.type)).toEqual([
      "json_schema",
      "json_schema",
      "json_object",
      undefined,
    ]);
    expect((await writer.write(taskWith(), { signal })).is).toBe("written");
    expect(server.requests).toHaveLength(5);
  });

  it("leaves our own word out of the schema for a server that knows only the standard's", async () => {
    const strict: ModelAnswer = (request, response, call) => {
      const odd = JSON.stringify(request.response_format).includes('"role"');
      (odd ? fails(400, "Invalid schema for response_format: 'role' is not permitted") : says(answer))(
        request,
        response,
        call,
      );
    };
    const { writing, requests } = await write([strict]);
    expect(writing.is).toBe("written");
    expect(requests.map(({ response_format }) => response_format?.type)).toEqual(["json_schema", "json_schema"]);
  });

  it("says max_completion_tokens to a model that wants it said so", async () => {
    const newer: ModelAnswer = (request, response, call) => {
      const message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
      (request.max_tokens ? fails(400, message) : says(answer))(request, response, call);
    };
    const { writing, requests } = await write([newer]);
    expect(writing.is).toBe("written");
    expect(requests[1]?.max_completion_tokens).toBe(requests[0]?.max_tokens);
  });

  it("gives no address and nothing personal to the model", async () => {
    const { requests } = await write([says(answer)]);
    const sent = JSON.stringify(requests);
    for (const { url } of facts.links) expect(sent).not.toContain(url);
    expect([email, sms, post].every(({ id }) => sent.includes(`"${id}\\"`) || sent.includes(id))).toBe(true);
  });
});
