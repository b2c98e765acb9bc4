/** What this room's tests of the writer ask, and a good answer to it. */
import { afterEach } from "vitest";
import { type CallRecord, openOpenAiWriter } from "./openai-writer.ts";
import type { ProfileName } from "./profiles.ts";
import { taskWith } from "./test-channels.ts";
import { type ModelAnswer, type ModelRequest, type ModelServer, openModelServer } from "./test-model-server.ts";
import type { Writing } from "./writer.ts";

export const good = {
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
export const answer = JSON.stringify(good);
/** The good answer with something else in it. */
export const answerWith = (change: object): string => JSON.stringify({ ...good, ...change });

/** Those of one test are closed after it. */
const servers: ModelServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

export type Wrote = {
  readonly writing: Writing;
  readonly calls: readonly CallRecord[];
  readonly requests: readonly ModelRequest[];
};
type How = { timeoutMs?: number; signal?: AbortSignal; profile?: ProfileName; nonce?: number; times?: number };

/** Has one task written by a server that answers so; the last of several times is what comes back. */
export async function write(answers: readonly ModelAnswer[], how: How = {}): Promise<Wrote> {
  const server = await openModelServer(...answers);
  servers.push(server);
  const calls: CallRecord[] = [];
  const writer = await openOpenAiWriter({
    ...{ baseUrl: server.baseUrl, apiKey: "sk-secret-key", model: "small" },
    ...{ profile: how.profile, timeoutMs: how.timeoutMs ?? 10_000 },
    log: (call) => calls.push(call),
  });
  const signal = how.signal ?? new AbortController().signal;
  const once = () => writer.write(taskWith(), { signal, nonce: how.nonce });
  for (let time = 1; time < (how.times ?? 1); time++) await once();
  return { writing: await once(), calls, requests: server.requests };
}

/** The last user message, which must be one JSON object on its own. */
export const lastJson = (request: ModelRequest | undefined) =>
  JSON.parse(request?.messages.findLast(({ role }) => role === "user")?.content ?? "null");
