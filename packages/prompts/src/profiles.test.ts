/** Each kind of server is asked in its own way; the servers here mind, ignore and answer as the real ones are known to. */
import { describe, expect, it } from "vitest";
import { providerSchema } from "./content-schema.ts";
import { type ProfileName, profileNames } from "./profiles.ts";
import { taskWith } from "./test-channels.ts";
import { fails, type ModelAnswer, type ModelRequest, says, sends } from "./test-model-server.ts";
import { answer, write } from "./test-writing.ts";

const schema = providerSchema(taskWith().channels, { ...taskWith(), roles: false });
const asSchema = { type: "json_schema", json_schema: { name: "campaign_message", strict: true, schema } };
const maxTokens = 1_024 + 3 * 768;

const bodies: Readonly<Record<ProfileName, object>> = {
  openai: {
    max_completion_tokens: maxTokens,
    prompt_cache_key: expect.stringMatching(/^[0-9a-f]{32}$/),
    response_format: asSchema,
  },
  vllm: { max_tokens: maxTokens, seed: 7, response_format: asSchema },
  llamacpp: { max_tokens: maxTokens, seed: 7, response_format: asSchema },
  ollama: { max_tokens: maxTokens, seed: 7, temperature: 0.7, response_format: asSchema },
  json_object: { max_tokens: maxTokens, response_format: { type: "json_object" } },
};

/** Refuses a request that is not as it likes it, as the given sentence says. */
const minding =
  (refusal: (request: ModelRequest) => string | null, then: ModelAnswer = says(answer)): ModelAnswer =>
  (request, response, call) => {
    const message = refusal(request);
    (message === null ? then : fails(400, message))(request, response, call);
  };

const completion = (message: object, usage: object, finish_reason = "stop"): ModelAnswer =>
  sends(JSON.stringify({ model: "real-name", choices: [{ index: 0, finish_reason, message }], usage }));

/** OpenAI's newer models: no old parameter, no temperature, no word that its schemas do not know. */
const openAiLike = minding((request) => {
  if (request.max_tokens) return "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
  if (request.temperature) return "Unsupported value: 'temperature' does not support 0.7 with this model.";
  const { json_schema } = request.response_format ?? {};
  return JSON.stringify(json_schema).includes('"role"') ? "Invalid schema: 'role' is not permitted." : null;
});
/** Thoughts in a field of their own, and a cache that is not counted. */
const vllmLike = completion(
  { role: "assistant", content: answer, reasoning_content: "Let me think." },
  { prompt_tokens: 90, completion_tokens: 60, prompt_tokens_details: null },
);
/** Thoughts before the answer, of which the beginning may be in the prompt. */
const llamaCppLike = completion(
  { role: "assistant", content: `Mugs {then}.</think>${answer}` },
  { prompt_tokens: 90, completion_tokens: 60 },
);
/** Hears only the old limit, and knows how a long story goes on. */
const ollamaLike: ModelAnswer = (request, response, call) => {
  const story = `{"email": "${"on and on ".repeat(4_000)}`;
  const cap = (request.max_tokens ?? Number.POSITIVE_INFINITY) * 4;
  const usage = { prompt_tokens: 90, completion_tokens: Math.ceil(Math.min(cap, story.length) / 4) };
  const end = cap < story.length ? "length" : "stop";
  completion({ content: story.slice(0, cap) }, usage, end)(request, response, call);
};
/** JSON mode alone, which wants the word in the prompt. */
const jsonModeLike = minding((request) => {
  if (request.response_format?.type === "json_schema") return "This response_format type is unavailable now";
  return request.messages.some(({ content }) => /json/i.test(content)) ? null : "The prompt must contain 'json'";
});

describe("a profile", () => {
  it.each(profileNames)("%s asks in its own words, and with nothing else", async (profile) => {
    const { writing, requests } = await write([says(answer)], { profile, nonce: 7 });
    expect(writing.is).toBe("written");
    const { messages, model, ...rest } = requests[0] as ModelRequest;
    expect(model).toBe("small");
    expect(messages.map(({ role }) => role)).toEqual(["system", "user"]);
    expect(rest).toEqual(bodies[profile]);
  });

  it.each<[ProfileName, ModelAnswer]>([
    ["openai", openAiLike],
    ["vllm", vllmLike],
    ["llamacpp", llamaCppLike],
    ["json_object", jsonModeLike],
  ])("%s is written for at the first try", async (profile, server) => {
    const { writing, requests } = await write([server], { profile });
    expect(requests).toHaveLength(1);
    expect(writing).toMatchObject({ is: "written", cost: { tokensIn: expect.any(Number), tokensCached: 0 } });
  });

  it("ollama has its answers bounded by the only limit that it hears", async () => {
    const bounded = await write([ollamaLike], { profile: "ollama" });
    expect(bounded.writing).toMatchObject({ is: "not_written", outcome: "truncated" });
    expect(bounded.calls.map(({ cost }) => cost.tokensOut)).toEqual([maxTokens, 2 * maxTokens]);
  });

  it("a server that wrote on beyond the limit is told it in the other way from then on", async () => {
    const { calls, requests } = await write([ollamaLike], { profile: "openai" });
    expect(calls[0]?.cost.tokensOut).toBeGreaterThan(maxTokens);
    expect(requests.map(({ max_tokens }) => max_tokens)).toEqual([undefined, maxTokens, 2 * maxTokens]);
    expect(calls[1]).toMatchObject({ outcome: "truncated", cost: { tokensOut: maxTokens } });
  });

  it("gives a server without schemas the schema as text, and checks the answer all the same", async () => {
    const { requests } = await write([jsonModeLike], { profile: "json_object" });
    const system = requests[0]?.messages[0]?.content ?? "";
    expect(system).toContain('JSON Schema of the answer: {"type":"object","properties":{"email":{"type":"object"');
    const wrong = await write([says(JSON.stringify({ email: 5 }))], { profile: "json_object" });
    expect(wrong.writing).toMatchObject({ is: "not_written", outcome: "schema" });
  });

  it("keeps calls that begin alike together, and others apart", async () => {
    const { requests } = await write([says("no"), says(answer)], { profile: "openai" });
    expect(requests[1]?.prompt_cache_key).toBe(requests[0]?.prompt_cache_key);
  });
});

describe("a server that is not quite what its profile says", () => {
  it("is asked without response_format when it takes none, and that is remembered", async () => {
    const picky = minding(
      (request) => (request.response_format ? "response_format is not supported" : null),
      says(`Sure: ${answer}`),
    );
    const { writing, requests } = await write([picky], { times: 2 });
    expect(writing.is).toBe("written");
    expect(requests.map(({ response_format }) => response_format?.type)).toEqual([
      "json_schema",
      "json_object",
      undefined,
      undefined,
    ]);
  });

  it.each<[string, ProfileName]>([
    ["max_completion_tokens", "openai"],
    ["max_tokens", "vllm"],
  ])("has its limit said the other way when it minds %s", async (minded, profile) => {
    const picky = minding((request) => (minded in request ? `Unsupported parameter: '${minded}'` : null));
    const { writing, requests } = await write([picky], { profile });
    expect(writing.is).toBe("written");
    const [first, second] = requests;
    expect(second?.max_tokens ?? second?.max_completion_tokens).toBe(first?.max_tokens ?? first?.max_completion_tokens);
  });

  it("is not asked in turns when it minds both limits", async () => {
    const neither = minding(() => "max_tokens and max_completion_tokens are too large");
    const { writing, requests } = await write([neither]);
    expect(writing).toMatchObject({ is: "not_written", outcome: "provider" });
    expect(requests).toHaveLength(2);
  });

  it.each<[string, ProfileName]>([
    ["prompt_cache_key", "openai"],
    ["seed", "vllm"],
    ["temperature", "ollama"],
  ])("is asked without %s when it minds it", async (minded, profile) => {
    const picky = minding((request) => (minded in request ? `Extra inputs are not permitted: ${minded}` : null));
    const { writing, requests } = await write([picky], { profile, nonce: 7, times: 2 });
    expect(writing.is).toBe("written");
    expect(requests.map((request) => minded in request)).toEqual([true, false, false]);
  });
});
