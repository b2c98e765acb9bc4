import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hangsUp, type ModelAnswer, openModelServer, says } from "@chorus/prompts/test-model-server";
import { openSandbox, type Sandbox } from "@chorus/sandbox/open-sandbox";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { readBriefs } from "./briefs.ts";
import { readWish } from "./wish.ts";
import { measureWriter } from "./writer.ts";

let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chorus-evals-"));
  sandbox = await openSandbox({ folder });
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

const briefs = readBriefs();
const account = () => ({ baseUrl: `${sandbox.httpUrl}/openai/v1`, apiKey: "sandbox", model: "none" });
const { signal } = new AbortController();

describe("a writer, measured", () => {
  it("has a hundred briefs to write for, fifty in each language, no two alike", () => {
    const languages = briefs.map(({ task }) => task.locale);
    expect([
      languages.filter((each) => each === "en-GB").length,
      languages.filter((each) => each === "zh-CN").length,
    ]).toEqual([50, 50]);
    expect(new Set(briefs.map(({ task }) => JSON.stringify([task.brief.goal, task.facts.facts]))).size).toBe(100);
  });

  it("through the stand-in: every brief is written at the first try, and the figures add up", async () => {
    const heard: number[] = [];
    const price = { in: 1, out: 2 };
    const { all, byLanguage, models } = await measureWriter({
      ...{ account: account(), briefs, price, signal },
      onWritten: (count) => heard.push(count),
    });
    expect(heard.at(-1)).toBe(100);
    expect(models).toEqual(["stand-in (no model)"]);
    expect(all).toMatchObject({ briefs: 100, validAtFirstTry: 100, notWritten: {}, heldByRule: {}, calls: 100 });
    expect(all.cost).toBe(all.tokens.in + 2 * all.tokens.out);
    expect(all.latencyMs.p99).toBeGreaterThanOrEqual(all.latencyMs.p50);
    expect(byLanguage.en?.tokens.in).toBe(all.tokens.in - (byLanguage.zh?.tokens.in ?? 0));
  }, 120_000);

  it("tells apart what was repaired, what a rule held, and what nobody answered", async () => {
    const [first] = briefs.filter(({ task }) => task.channels.length === 1 && task.channels[0]?.id === "sms");
    if (!first) throw new Error("No brief is for text messages alone.");
    const [must = ""] = first.task.brief.mustSay;
    const [good, bad] = [`See {{link:shop}}. ${must}`, `Now £1: {{link:shop}} ${must}`].map((text) =>
      says(JSON.stringify({ sms: { text } })),
    );
    const measure = async (...answers: (ModelAnswer | undefined)[]) => {
      const server = await openModelServer(...answers.flatMap((each) => each ?? []));
      onTestFinished(() => server.close());
      const account = { baseUrl: server.baseUrl, apiKey: "none", model: "small" };
      return (await measureWriter({ account, briefs: [first], signal })).all;
    };
    const none = { validAtFirstTry: 0, validAfterRepair: 0, notWritten: {}, cost: null };
    expect(await measure(good)).toMatchObject({ ...none, validAtFirstTry: 1, calls: 1, heldByRule: {} });
    expect(await measure(bad, good)).toMatchObject({ ...none, validAfterRepair: 1, heldByRule: { "claim.price": 1 } });
    expect(await measure(bad)).toMatchObject({ ...none, notWritten: { guard: 1 }, heldByRule: { "claim.price": 3 } });
    expect(await measure(hangsUp)).toMatchObject({ ...none, notWritten: { provider: 1 } });
  });
});

describe("what is typed", () => {
  it("must name an endpoint and a model for a writer, and a kind of server that there is", () => {
    expect(readWish([], ["--writer"])).toBe("--writer goes with --base-url and --model");
    const typed = ["--writer", "--base-url", "http://127.0.0.1:1/v1", "--model", "m"];
    expect(readWish([], typed)).toMatchObject({ writer: true, briefs: 50 });
    expect(readWish([], [...typed, "--profile", "gemini"])).toMatch(/--profile: one of openai, vllm/);
    expect(readWish([], [...typed, "--price", "free"])).toMatch(/--price: JSON such as/);
  });
});
