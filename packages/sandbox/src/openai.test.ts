import { expect, test } from "vitest";
import { jsonOf, type TestSandbox, testSandbox } from "./test-sandbox.ts";

type Completion = {
  id: string;
  model: string;
  choices: { message: { content: string | null; refusal: string | null }; finish_reason: string }[];
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
};

const bearer = { authorization: "Bearer anything" };
const segment = { name: "Loyal customers" };
const request = (more: Record<string, unknown> = {}) => ({
  model: "some-model",
  messages: [
    { role: "system", content: "Write copy." },
    {
      role: "user",
      content: JSON.stringify({ segment, locale: "en-GB", angle: "benefit", channels: ["sms"], slots: [] }),
    },
  ],
  response_format: {
    type: "json_schema",
    json_schema: {
      name: "copy",
      schema: { type: "object", properties: { sms: { type: "object", properties: { text: { type: "string" } } } } },
    },
  },
  ...more,
});
const ask = (sandbox: TestSandbox, body: unknown, headers: Record<string, string> = bearer) =>
  sandbox.post("/openai/v1/chat/completions", body, headers);

test("copy comes back as the wanted JSON, with usage and a request id, from no model", async () => {
  const sandbox = await testSandbox();
  const answer = await ask(sandbox, request());
  expect(answer.headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{32}$/);
  const { model, choices, usage } = await jsonOf<Completion>(answer);
  expect(model).toBe("stand-in (no model)");
  expect(choices[0]?.finish_reason).toBe("stop");
  expect(JSON.parse(choices[0]?.message.content ?? "")).toEqual({ sms: { text: expect.any(String) } });
  expect(usage.prompt_tokens).toBeGreaterThan(20);
  expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
});

test("the same request is answered with the same copy", async () => {
  const sandbox = await testSandbox();
  const [one, other] = [
    await jsonOf<Completion>(ask(sandbox, request())),
    await jsonOf<Completion>(ask(sandbox, request())),
  ];
  expect(one?.choices).toEqual(other?.choices);
  expect(one?.id).toBe(other?.id);
});

test("findings that follow the request as words do not hide it", async () => {
  const sandbox = await testSandbox();
  const { messages } = request();
  const repair = [...messages, { role: "assistant", content: "{}" }, { role: "user", content: "Shorten sms.text." }];
  const { choices } = await jsonOf<Completion>(ask(sandbox, request({ messages: repair })));
  expect(JSON.parse(choices[0]?.message.content ?? "")).toHaveProperty("sms.text");
});

test("a schema that only the prompt spells out is filled too", async () => {
  const sandbox = await testSandbox();
  const schema = {
    type: "object",
    properties: { sms: { type: "object", properties: { text: { type: "string" } } }, note: { type: "null" } },
  };
  const [, user] = request().messages;
  const messages = [{ role: "system", content: `Write.\nJSON Schema: ${JSON.stringify(schema)}\nOnly JSON.` }, user];
  const { choices } = await jsonOf<Completion>(
    ask(sandbox, request({ messages, response_format: { type: "json_object" } })),
  );
  expect(JSON.parse(choices[0]?.message.content ?? "")).toEqual({ sms: { text: expect.any(String) }, note: null });
});

test("without a schema each channel still gets its fields", async () => {
  const sandbox = await testSandbox();
  const { choices } = await jsonOf<Completion>(ask(sandbox, request({ response_format: { type: "json_object" } })));
  expect(JSON.parse(choices[0]?.message.content ?? "")).toEqual({ sms: { text: expect.any(String) } });
});

test("a caller without a key is refused", async () => {
  const sandbox = await testSandbox();
  const answer = await ask(sandbox, request(), {});
  expect(answer.status).toBe(401);
  expect(await jsonOf(answer)).toMatchObject({ error: { code: "invalid_api_key", type: "invalid_request_error" } });
});

test("an answer longer than the caller allows is cut, and says so", async () => {
  const sandbox = await testSandbox();
  const { choices } = await jsonOf<Completion>(ask(sandbox, request({ max_completion_tokens: 5 })));
  expect(choices[0]?.finish_reason).toBe("length");
  expect(() => JSON.parse(choices[0]?.message.content ?? "")).toThrow();
});

test.each([
  ["refuse_copy", "stop"],
  ["truncate_copy", "length"],
  ["invalid_json", "stop"],
] as const)("a segment can be made to fail: %s", async (is, finish) => {
  const sandbox = await testSandbox();
  await sandbox.faults({ provider: "openai", match: { segment: segment.name }, fault: { is } });
  const { choices, usage } = await jsonOf<Completion>(ask(sandbox, request()));
  const { content, refusal } = choices[0]?.message ?? {};
  expect(choices[0]?.finish_reason).toBe(finish);
  expect(usage.completion_tokens).toBeGreaterThan(0);
  if (is === "refuse_copy") expect([content, refusal]).toEqual([null, expect.any(String)]);
  else expect(() => JSON.parse(content ?? "")).toThrow();
});

test("a segment's server errors and rate limits leave other segments alone", async () => {
  const sandbox = await testSandbox();
  await sandbox.faults(
    {
      provider: "openai",
      match: { segment: segment.name },
      fault: { is: "rate_limited", retryAfterSeconds: 1, times: 1 },
    },
    { provider: "openai", match: { segment: segment.name }, fault: { is: "server_error" } },
  );
  const limited = await ask(sandbox, request());
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "1"]);
  expect((await ask(sandbox, request())).status).toBe(500);
  const other = { segment: { name: "Others" }, locale: "en", angle: "price", channels: ["sms"], slots: [] };
  const messages = [{ role: "user", content: JSON.stringify(other) }];
  expect((await ask(sandbox, request({ messages }))).status).toBe(200);
});

test("the models are listed, and none is claimed", async () => {
  const sandbox = await testSandbox();
  const models = await jsonOf<{ data: { id: string }[] }>(sandbox.get("/openai/v1/models", bearer));
  expect(models.data.map((model) => model.id)).toEqual(["stand-in (no model)"]);
});
