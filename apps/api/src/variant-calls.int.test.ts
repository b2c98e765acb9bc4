import { openCall, settleCall } from "@chorus/db/model-calls";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Json, openTestApi, type TestApi } from "./test-api.ts";
import { haveWritten, makeCampaign, openId } from "./test-campaign.ts";

let api: TestApi;
let variant: Json;
beforeAll(async () => {
  api = await openTestApi();
  const campaign = await makeCampaign(api);
  [variant] = await haveWritten(api, campaign);
  const of = {
    ...{ workspaceId: api.id, campaignId: openId(api, "campaign", campaign.id) },
    ...{ variantId: openId(api, "variant", variant.id), prompt: "campaign_message@2", model: "small", atMost: 900 },
  };
  for (const key of ["first", "second", "third"]) {
    const opened = await openCall(api.db, { ...of, key });
    if (opened.is !== "open") throw new Error(opened.is);
    if (key !== "third") await settleCall(api.db, { id: opened.id, ...ended(key) });
  }
});
afterAll(() => api.close());

const parameters = { model: "small", max_tokens: 900, seed: 2 };
const ended = (key: string) => ({
  ...{ outcome: "answered", model: "small-2026-11-01", answer: "the words themselves", parameters },
  cost: { tokensIn: 90, tokensCached: 40, tokensOut: 60, latencyMs: 1_200, requestId: `req_${key}`, micros: 210 },
});
const ask = (query = "", as: "approver" | "owner" = "approver") =>
  api.ask("GET", `/v1/variants/${variant.id}/calls${query}`, { as });

it("shows an auditor every call behind a variant, page by page, and not a word that was said", async () => {
  const first = await ask("?limit=2");
  expect(first.body.items).toMatchObject([
    { outcome: null, model: "small", parameters: null, cost: null, reserved: 900 },
    { requestId: "req_second" },
  ]);
  expect(first.body.items[1]).toEqual({
    ...{ at: expect.any(String), prompt: "campaign_message@2", model: "small-2026-11-01", outcome: "answered" },
    ...{ parameters, tokensIn: 90, tokensCached: 40, tokensOut: 60, cost: 210, reserved: 900 },
    ...{ latencyMs: 1_200, requestId: "req_second" },
  });
  const last = await ask(`?limit=2&cursor=${first.body.nextCursor}`);
  expect(last.body).toMatchObject({ items: [{ requestId: "req_first" }], nextCursor: null });
  expect(first.text + last.text).not.toContain("the words themselves");
});
