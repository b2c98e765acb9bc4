import { type Consumer, openConsumer } from "@chorus/queue/consumer";
import { migratePostgres } from "@chorus/queue/postgres-connection";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Json, openTestApi, type TestApi } from "./test-api.ts";
import {
  addContacts,
  approve,
  campaignInput,
  haveWritten,
  makeCampaign,
  openId,
  soundContents,
} from "./test-campaign.ts";

let api: TestApi;
let consumer: Consumer | undefined;
beforeAll(async () => {
  api = await openTestApi();
  await addContacts(api, 3);
});
afterAll(async () => {
  await consumer?.close();
  await api.close();
});

const codes = (body: Json): string[] => body.errors.map((each: Json) => each.code);
const post = (path: string, body?: unknown, as: "author" | "approver" | "operator" | "owner" = "author") =>
  api.ask("POST", path, { as, ...(body === undefined ? {} : { body }) });
const read = async (id: string): Promise<Json> => (await api.ask("GET", `/v1/campaigns/${id}`)).body;

describe("making a campaign", () => {
  it("answers the whole draft with a version to change it by", async () => {
    const answer = await post("/v1/campaigns", campaignInput({ locales: ["en", "zh-hans-cn"] }));
    expect(answer.status).toBe(201);
    expect(answer.headers.get("etag")).toBe('"1"');
    expect(answer.body).toMatchObject({
      ...{ state: "draft", version: 1, approval: null, scheduledAt: null, segments: [] },
      ...{ audience: { is: "everyone" }, locales: ["en", "zh-Hans-CN"] },
    });
    expect(answer.body.id).toMatch(/^cmp_[0-9a-z]{26}$/);
    expect(await read(answer.body.id)).toEqual(answer.body);
  });

  it.each([
    ["row 4: an unknown field, with the nearest name", { chanels: ["email"] }, 400, "field.unknown"],
    ["an unknown field inside the brief", { brief: { goal: "x", offfer: "y" } }, 400, "field.unknown"],
    ["no channel", { channels: [] }, 400, "value.too_small"],
    ["a channel that stands twice", { channels: ["email", "email"] }, 400, "value.invalid"],
    ["a channel that is not there", { channels: ["emial"] }, 422, "channel.unknown"],
    ["a segment that is not there", { segments: ["seg_00000000000000000000000000"] }, 422, "segment.unknown"],
    ["a language that is none", { locales: ["english please"] }, 400, "value.invalid"],
    ["an empty name", { name: "  " }, 400, "value.too_small"],
    ["a rule of no known kind", { audience: { is: "some" } }, 400, "value.unknown"],
  ])("refuses %s, and nothing is made", async (_what, wrong, status, code) => {
    const before = (await api.ask("GET", "/v1/campaigns?limit=200")).body.items.length;
    const answer = await post("/v1/campaigns", campaignInput(wrong));
    expect([answer.status, codes(answer.body)]).toEqual([status, [code]]);
    expect((await api.ask("GET", "/v1/campaigns?limit=200")).body.items.length).toBe(before);
  });

  it("says what was meant by a mistyped field and a mistyped channel", async () => {
    const field = await post("/v1/campaigns", campaignInput({ locale: ["en"] }));
    expect(field.body.errors[0].message).toContain("locales");
    const channel = await post("/v1/campaigns", campaignInput({ channels: ["e-mail"] }));
    expect(channel.body.errors[0]).toMatchObject({ path: "channels[0]", message: expect.stringContaining('"email"') });
  });

  it("row 69: refuses links that are no web address", async () => {
    const links = [{ id: "shop", url: "javascript:alert(1)" }];
    const answer = await post(
      "/v1/campaigns",
      campaignInput({ brief: { goal: "x", factSheet: { facts: [], links } } }),
    );
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].path).toBe("brief.factSheet.links[0].url");
  });

  it("row 69: refuses a link into a private network, in a live workspace", async () => {
    const live = await api.openWorkspace("live");
    const links = [{ id: "shop", url: "http://169.254.169.254/latest" }];
    const body = campaignInput({ brief: { goal: "x", factSheet: { facts: [], links } } });
    const answer = await api.ask("POST", "/v1/campaigns", { key: live.keys.author, body });
    expect([answer.status, codes(answer.body)]).toEqual([422, ["link.private"]]);
  });

  it.each(["approver", "operator"] as const)("is not for an %s, who is told whose it is", async (as) => {
    const answer = await post("/v1/campaigns", campaignInput(), as as "approver");
    expect([answer.status, codes(answer.body)]).toEqual([403, ["role.insufficient"]]);
    expect(answer.body.detail).toContain("owner or author");
  });
});

describe("campaigns of others", () => {
  it("row 14: answer like made-up ones, on every route", async () => {
    const campaign = await makeCampaign(api);
    const [variant] = await haveWritten(api, campaign);
    const other = await api.openWorkspace();
    const routes: [string, string, Json?][] = [
      ["GET", `/v1/campaigns/${campaign.id}`],
      ["PATCH", `/v1/campaigns/${campaign.id}`, { name: "Mine" }],
      ["POST", `/v1/campaigns/${campaign.id}/plan`],
      ["GET", `/v1/campaigns/${campaign.id}/preflight`],
      ["POST", `/v1/campaigns/${campaign.id}/approve`, { contentHash: "a".repeat(64), audienceSize: 1 }],
      ["POST", `/v1/campaigns/${campaign.id}/schedule`, { at: "now" }],
      ["POST", `/v1/campaigns/${campaign.id}/pause`],
      ["POST", `/v1/campaigns/${campaign.id}/resume`],
      ["POST", `/v1/campaigns/${campaign.id}/cancel`],
      ["GET", `/v1/campaigns/${campaign.id}/variants`],
      ["GET", `/v1/campaigns/${campaign.id}/runs`],
      ["GET", `/v1/campaigns/${campaign.id}/report`],
      ["GET", `/v1/variants/${variant.id}`],
      ["PATCH", `/v1/variants/${variant.id}`, { contents: {}, revision: 1 }],
      ["POST", `/v1/variants/${variant.id}/rewrite`],
    ];
    const before = await read(campaign.id);
    for (const [method, path, body] of routes) {
      const ask = (to: string) => api.ask(method, to, { key: other.keys.owner, body, headers: { "if-match": '"1"' } });
      const [theirs, madeUp] = [await ask(path), await ask(path.replace(/_[0-9a-z]{26}/, `_${"0".repeat(26)}`))];
      expect([method, path, theirs.status]).toEqual([method, path, 404]);
      expect({ ...theirs.body, requestId: "" }).toEqual({ ...madeUp.body, requestId: "" });
    }
    expect(await read(campaign.id)).toEqual(before);
  });
});

describe("the list of campaigns", () => {
  it("comes in pages, newest first, without gaps", async () => {
    for (let i = 0; i < 3; i++) await makeCampaign(api, { name: `Paged ${i}` });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const answer = await api.ask("GET", `/v1/campaigns?limit=2${cursor ? `&cursor=${cursor}` : ""}`);
      expect(answer.body.items.length).toBeLessThanOrEqual(2);
      seen.push(...answer.body.items.map((each: Json) => each.id));
      cursor = answer.body.nextCursor;
    } while (cursor);
    const all = (await api.ask("GET", "/v1/campaigns?limit=200")).body.items.map((each: Json) => each.id);
    expect(seen).toEqual(all);
  });

  it("row 24: refuses a cursor that was tampered with", async () => {
    const answer = await api.ask("GET", "/v1/campaigns?cursor=AAAA");
    expect([answer.status, codes(answer.body)]).toEqual([400, ["cursor.invalid"]]);
  });
});

describe("changing a campaign", () => {
  const patch = (id: string, body: unknown, version: string | null) =>
    api.ask("PATCH", `/v1/campaigns/${id}`, {
      as: "author",
      body,
      ...(version && { headers: { "if-match": version } }),
    });

  it("row 23: takes the first of two changes from one version and refuses the second with 412", async () => {
    const campaign = await makeCampaign(api);
    const first = await patch(campaign.id, { name: "First" }, '"1"');
    expect([first.status, first.headers.get("etag"), first.body.name]).toEqual([200, '"2"', "First"]);
    const second = await patch(campaign.id, { name: "Second" }, '"1"');
    expect([second.status, codes(second.body), second.body.version]).toEqual([412, ["campaign.stale"], 2]);
    expect(second.headers.get("etag")).toBe('"2"');
    expect((await read(campaign.id)).name).toBe("First");
  });

  it("asks for the version that was read", async () => {
    const campaign = await makeCampaign(api);
    const answer = await patch(campaign.id, { name: "X" }, null);
    expect([answer.status, codes(answer.body)]).toEqual([400, ["if_match.required"]]);
  });

  it("leaves alone what is not named", async () => {
    const campaign = await makeCampaign(api, { audience: { is: "field", field: "country", op: "eq", value: "GB" } });
    const answer = await patch(campaign.id, { locales: ["en", "zh"] }, '"1"');
    expect(answer.body).toMatchObject({ locales: ["en", "zh"], audience: campaign.audience, name: campaign.name });
  });

  it("voids an approval and leads back to draft, so that it cannot be scheduled", async () => {
    const campaign = await makeCampaign(api);
    await haveWritten(api, campaign);
    await approve(api, campaign);
    const { version } = await read(campaign.id);
    const changed = await patch(campaign.id, { channels: ["email"] }, `"${version}"`);
    expect(changed.body).toMatchObject({ state: "draft", approval: { voidedBecause: "change" } });
    const scheduled = await post(`/v1/campaigns/${campaign.id}/schedule`, { at: "now" });
    expect([scheduled.status, codes(scheduled.body)]).toEqual([409, ["approval.missing"]]);
  });
});

describe("planning", () => {
  it("is writing from then on, and cannot be asked for twice", async () => {
    const campaign = await makeCampaign(api);
    const planned = await post(`/v1/campaigns/${campaign.id}/plan`);
    expect([planned.status, planned.body.state]).toEqual([202, "writing"]);
    const again = await post(`/v1/campaigns/${campaign.id}/plan`);
    expect([again.status, codes(again.body), again.body.state]).toEqual([409, ["campaign.state"], "writing"]);
  });

  it("knocks at the worker's door with the campaign's id", async () => {
    await migratePostgres(api.db.url);
    const campaign = await makeCampaign(api);
    const id = openId(api, "campaign", campaign.id);
    const heard = new Promise<string>((resolve) => {
      const unasked = async () => {};
      consumer = openConsumer({
        url: api.db.url,
        world: null,
        concurrency: { plan: 1, write: 1, expand: 1, send: 1, urgent: 1 },
        onError: () => {},
        handlers: {
          planCampaign: async (_world, { campaignId }) => resolve(campaignId),
          ...{
            writeVariant: unasked,
            writeCopy: unasked,
            launchRuns: unasked,
            expandAudience: unasked,
            pumpLane: unasked,
            pumpUrgent: unasked,
          },
        },
      });
    });
    await post(`/v1/campaigns/${campaign.id}/plan`);
    expect(await heard).toBe(id);
  });

  it("needs somewhere for the button to lead", async () => {
    const campaign = await makeCampaign(api, { brief: { goal: "Say hello" } });
    const answer = await post(`/v1/campaigns/${campaign.id}/plan`);
    expect([answer.status, codes(answer.body)]).toEqual([422, ["brief.main_link_unknown"]]);
    expect((await read(campaign.id)).state).toBe("draft");
  });

  it("needs something that each of its angles can speak of", async () => {
    const campaign = await makeCampaign(api, { angles: [{ angle: "price" }, { angle: "urgency", tone: "plain" }] });
    const answer = await post(`/v1/campaigns/${campaign.id}/plan`);
    expect(answer.body.errors).toMatchObject([
      { path: "angles[1].angle", code: "angle.groundless", message: expect.stringContaining("a fact of kind date") },
    ]);
    expect(answer.status).toBe(422);
  });

  it("writes a variant for each angle, in their order; of the benefit alone when nobody names one", async () => {
    const angles = [{ angle: "price", tone: "plain", share: 2 }, { angle: "benefit" }];
    const campaign = await makeCampaign(api, { angles });
    expect(campaign.angles).toEqual([angles[0], { angle: "benefit", tone: "warm", share: 1 }]);
    const variants = await haveWritten(api, campaign, soundContents);
    expect(variants.map(({ angle, tone }) => `${angle} ${tone}`)).toEqual(["price plain", "benefit warm"]);
    expect((await makeCampaign(api)).angles).toEqual([{ angle: "benefit", tone: "warm", share: 1 }]);
  });

  it("writes one variant for every segment and language, and one for everyone else", async () => {
    const rule = { is: "field", field: "country", op: "eq", value: "GB" };
    const segment = await post("/v1/segments", { name: "Britain", rule });
    const campaign = await makeCampaign(api, { segments: [segment.body.id], locales: ["en", "zh"] });
    const variants = await haveWritten(api, campaign, soundContents);
    expect(variants.map((each) => [each.segment?.name ?? null, each.locale])).toEqual([
      ["Britain", "en"],
      ["Britain", "zh"],
      [null, "en"],
      [null, "zh"],
    ]);
    expect((await read(campaign.id)).state).toBe("in_review");
  });
});
