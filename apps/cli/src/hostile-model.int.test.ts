/**
 * A model server that does everything wrong, behind a whole Chorus: what it says must not reach anybody, the variant says what
 * became of it, and the books say what it took.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Json, openTestApi, type TestApi } from "@chorus/api/test-api";
import { addContacts, approve, campaignInput, makeCampaign, soundContents } from "@chorus/api/test-campaign";
import {
  fails,
  hangs,
  type ModelAnswer,
  type ModelServer,
  openModelServer,
  says,
  sends,
} from "@chorus/prompts/test-model-server";
import { migrateQueue } from "@chorus/queue/connect";
import { openSandbox, type Sandbox } from "@chorus/sandbox/open-sandbox";
import { readConfig } from "@chorus/worker/config";
import { startWorker } from "@chorus/worker/worker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const good = soundContents.email as Readonly<Record<string, unknown>>;
const mail = (change: Json = {}): string => JSON.stringify({ email: { ...good, ...change } });
const inside = (sentence: string): string => mail({ paragraphs: [`${sentence} {{link:shop}}`] });
const fortyTimes = (text: unknown): string => `${text} `.repeat(40);
const long = mail(
  Object.fromEntries(["subject", "preheader", "headline"].map((name) => [name, fortyTimes(good[name])])),
);

type Hostility = {
  readonly answer: ModelAnswer;
  /** How the reason on the variant begins; null: nothing is wrong with what came of it. */
  readonly reason: RegExp | null;
  /** What must reach nobody. */
  readonly said?: string;
  readonly locale?: string;
};

const germanSentence =
  "Wir haben ein paar schöne Dinge für Ihre Küche ausgesucht und freuen uns auf Ihren Besuch bei uns.";
const superlative = "这是全国最佳的杯子，品质第一。";
const inChinese = {
  ...{ subject: "店里来了新东西", preheader: "看看有什么", headline: "春天到店里来了" },
  ...{ button: { label: "去看看", link: "shop" }, paragraphs: [`${superlative}{{link:shop}}`] },
};

const hostilities: Readonly<Record<string, Hostility>> = {
  refusal: { answer: says(null, { refusal: "I will not write this." }), reason: /^refused: I will not/ },
  truncation: { answer: says(mail().slice(0, 90), { finish_reason: "length" }), reason: /^truncated: / },
  "fenced JSON": { answer: says(`Here:\n\`\`\`json\n${mail()}\n\`\`\``), reason: null },
  "wrong schema": { answer: says(JSON.stringify({ email: "Hurrah, mugs" })), reason: /^schema: /, said: "Hurrah" },
  "invented price": { answer: says(inside("Only £1 today.")), reason: /^guard: .*claim\.price/, said: "£1" },
  "foreign URL": { answer: says(inside("See evil.example now.")), reason: /^guard: .*claim\.url/, said: "evil" },
  "banned superlative": {
    ...{ answer: says(mail(inChinese)), reason: /^guard: .*law\./, said: "最佳", locale: "zh-CN" },
  },
  "other language": { answer: says(inside(germanSentence)), reason: /^guard: .*language/, said: "Küche" },
  "429": { answer: fails(429, "slow down", { "retry-after": "3600" }), reason: /^rate_limited: / },
  "500": { answer: fails(500, "boom"), reason: /^provider: .*boom/ },
  hang: { answer: hangs, reason: /^provider: No answer within 1 s/ },
  "empty choices": { answer: sends('{"id":"x","choices":[]}'), reason: /^provider: The answer holds no choice/ },
  "40 × the length": {
    ...{ answer: says(long, { tokensOut: 100_000 }), reason: /^schema: .*too_big/, said: fortyTimes(good.subject) },
  },
};

let api: TestApi;
let sandbox: Sandbox;
let model: ModelServer;
const undo: (() => Promise<unknown>)[] = [];

/** A campaign's goal says how it is to be treated; a field that is to be shortened says nothing, and is made longer. */
const hostile: ModelAnswer = (request, response, call) => {
  const { brief, text } = JSON.parse(request.messages.at(-1)?.content ?? "{}");
  const answer = brief ? hostilities[brief.goal]?.answer : says(JSON.stringify({ text: fortyTimes(text) }));
  (answer ?? fails(404, "Nobody asked for this."))(request, response, call);
};

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "chorus-hostile-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  api = await openTestApi();
  undo.push(() => api.close());
  await migrateQueue(api.databaseUrl);
  sandbox = await openSandbox({ folder });
  undo.push(() => sandbox.close());
  model = await openModelServer(hostile);
  undo.push(() => model.close());
  const worker = await startWorker(
    readConfig({
      ...{ DATABASE_URL: api.databaseUrl, PUBLIC_URL: api.url, LOG_LEVEL: "silent", SMTP_URL: sandbox.smtpUrl },
      ...{ OPENAI_BASE_URL: model.baseUrl, OPENAI_MODEL: "small", MODEL_TIMEOUT_SECONDS: "1" },
      MODEL_PRICES: '{"small":{"in":1,"out":1}}',
      CHORUS_KEY: Buffer.from(api.installationKey).toString("base64"),
    }),
  );
  undo.push(() => worker.stop());
  await addContacts(api, 1);
});
afterAll(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const arrived = async (): Promise<Json[]> =>
  ((await (await fetch(new URL("/inbox.json?limit=500", sandbox.httpUrl))).json()) as Json).messages;

async function written(goal: string, offer = ""): Promise<Json> {
  const { locale = "en" } = hostilities[goal] ?? {};
  const brief = { ...campaignInput().brief, goal, offer };
  const campaign = await makeCampaign(api, { name: goal, brief, channels: ["email"], locales: [locale] });
  await api.ask("POST", `/v1/campaigns/${campaign.id}/plan`, { as: "author" });
  const state = async () => (await api.ask("GET", `/v1/campaigns/${campaign.id}`)).body.state;
  await expect.poll(state, { timeout: 30_000 }).toBe("in_review");
  return campaign;
}

async function variantOf(campaign: Json): Promise<{ variant: Json; calls: Json[] }> {
  const [variant] = (await api.ask("GET", `/v1/campaigns/${campaign.id}/variants`)).body.items;
  const { body } = await api.ask("GET", `/v1/variants/${variant.id}/calls?limit=200`);
  return { variant, calls: body.items };
}

const sum = (calls: readonly Json[], field: string): number =>
  calls.reduce((total, call) => total + (call[field] ?? 0), 0);
const asked = (goal: string): number =>
  model.requests.filter(({ messages }) => JSON.parse(messages.at(-1)?.content ?? "{}").brief?.goal === goal).length;

describe("a hostile model server", () => {
  const campaigns = new Map<string, Json>();

  it.each(Object.entries(hostilities))(
    "with %s: the variant says so, and every call is in the book",
    async (goal, of) => {
      const campaign = await written(goal);
      campaigns.set(goal, campaign);
      const { variant, calls } = await variantOf(campaign);
      expect(variant.writer).toBe(of.reason ? "template" : "openai");
      if (of.reason) expect(variant.fallbackReason).toMatch(of.reason);
      else expect(variant.fallbackReason).toBeNull();
      if (of.said) expect(JSON.stringify(variant.contents)).not.toContain(of.said);
      expect(calls.length).toBeGreaterThanOrEqual(asked(goal));
      expect(asked(goal)).toBeGreaterThan(0);
      expect(calls.filter(({ outcome }) => outcome === null)).toEqual([]);
      expect(variant.cost).toMatchObject({ tokensIn: sum(calls, "tokensIn"), tokensOut: sum(calls, "tokensOut") });
    },
  );

  it("spends what the calls are booked with, and nothing is left set aside", async () => {
    const calls = (await Promise.all([...campaigns.values()].map(variantOf))).flatMap((each) => each.calls);
    expect(calls.every(({ cost, reserved }) => cost <= reserved)).toBe(true);
    const budget = (await api.ask("GET", "/v1/copy-budget")).body;
    expect(budget).toMatchObject({ spent: sum(calls, "cost"), reserved: 0 });
  });

  it("reaches nobody before a person has approved, and nobody with its own words afterwards", async () => {
    for (const campaign of campaigns.values())
      expect((await api.ask("POST", `/v1/campaigns/${campaign.id}/schedule`, { body: { at: "now" } })).status).toBe(
        409,
      );
    expect(await arrived()).toEqual([]);
    for (const campaign of campaigns.values()) {
      await approve(api, campaign);
      await api.ask("POST", `/v1/campaigns/${campaign.id}/schedule`, { body: { at: "now" } });
    }
    const count = async () => (await arrived()).length;
    await expect.poll(count, { timeout: 30_000 }).toBe(campaigns.size);
    const text = JSON.stringify(await arrived());
    for (const { said } of Object.values(hostilities)) if (said) expect(text).not.toContain(said);
  });

  it("cannot make a campaign cost more than its cap, though it says that it wrote a hundred thousand tokens", async () => {
    const cap = 7_500;
    const body = { month: null, campaign: cap, callsPerMinute: null };
    expect((await api.ask("PUT", "/v1/copy-budget", { body })).status).toBe(200);
    const { variant, calls } = await variantOf(await written("40 × the length", "none that was asked for before"));
    expect(variant).toMatchObject({ writer: "template", fallbackReason: expect.stringMatching(/^budget: /) });
    expect(calls.map(({ tokensOut }) => tokensOut)).toContain(100_000);
    expect(sum(calls, "cost")).toBeGreaterThan(0);
    expect(sum(calls, "cost")).toBeLessThanOrEqual(cap);
  });
});
