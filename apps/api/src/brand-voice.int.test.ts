import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, haveWritten, makeCampaign } from "./test-campaign.ts";
import { expectRefused } from "./test-refusal.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const path = "/v1/brand-voice";
const voice = {
  brand: "Test Shop",
  tone: "plain",
  values: [{ id: "lasting", text: { en: "Things that last", zh: "耐用的东西" } }],
  culture: [{ id: "mending", text: { en: "We mend what breaks" } }],
  mustWords: [{ locale: "zh", oneOf: ["耐用"] }],
  bannedWords: ["cheap", "抢购"],
  limits: { exclamations: 1, emojis: 0, sentenceCharacters: 30 },
};
const put = async (body: unknown, as: "owner" | "author" = "owner") => {
  const etag = (await api.ask("GET", path)).headers.get("etag") ?? "";
  return await api.ask("PUT", path, { as, body, headers: { "if-match": etag } });
};

describe("the brand's voice", () => {
  it("is there with the workspace, and every later version says who made it and when; the audit has a line of it", async () => {
    const first = await api.ask("GET", path, { as: "approver" });
    expect(first.body).toMatchObject({ version: 1, by: null, voice: { brand: "Test Shop", values: [] } });
    const second = await put(voice);
    expect(second.status, second.text).toBe(200);
    expect(second.body).toMatchObject({ version: 2, by: { name: "owner" }, voice: { ...voice, examples: [] } });
    expect(second.headers.get("etag")).toBe('"2"');
    const versions = await api.ask("GET", `${path}/versions`, { as: "approver" });
    expect(versions.body.items).toEqual([second.body, first.body]);
    const { rows } = await api.db.sql.query("select detail from audit where action = 'brand_voice.change'");
    expect(rows).toEqual([{ detail: { version: 2 } }]);
  });

  it("put again as it is, is no new version", async () => {
    const before = (await api.ask("GET", path)).body;
    expect((await put(voice)).body).toEqual(before);
  });

  it("is replaced only by somebody who read the newest and may set up the workspace", async () => {
    const ask = (headers: Record<string, string>, as: "owner" | "author" = "owner") =>
      expectRefused.bind(null, api, () => api.ask("PUT", path, { as, body: voice, headers }));
    await ask({})({ status: 400, code: "if_match.required" });
    const stale = await ask({ "if-match": '"1"' })({ status: 412, code: "voice.stale" });
    expect(stale.headers.get("etag")).toBe('"2"');
    await ask({ "if-match": '"2"' }, "author")({ status: 403, code: "role.insufficient" });
    const at = (tone: string) => api.ask("PUT", path, { body: { ...voice, tone }, headers: { "if-match": '"2"' } });
    const answers = await Promise.all(["a", "b", "c"].map(at));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });

  it("names each of its values and statements once, in one language at least", async () => {
    const twice = { ...voice, culture: [{ id: "lasting", text: { en: "Again" } }] };
    expect((await put(twice)).body.errors).toMatchObject([{ path: "values", message: expect.stringContaining("id") }]);
    expect((await put({ ...voice, values: [{ id: "mute", text: {} }] })).status).toBe(400);
  });

  it("is tried on a text before anything is written", async () => {
    await put(voice);
    const body = { locale: "zh-CN", texts: ["新品到了！", "快来搶 購！🎉"] };
    const tried = await api.ask("POST", `${path}/lint`, { as: "approver", body });
    expect(tried.status, tried.text).toBe(200);
    expect(
      tried.body.findings.map((each: { code: string; path: string; got?: string }) => [each.code, each.path, each.got]),
    ).toEqual([
      ["voice.banned_word", "texts[1]", "搶 購"],
      ["voice.must_word_missing", "", undefined],
      ["voice.exclamations", "texts[1]", "!"],
      ["voice.emojis", "texts[1]", "🎉"],
    ]);
    expect(tried.body.version).toBe((await api.ask("GET", path)).body.version);
  });
});

describe("a variant", () => {
  it("is held against the voice of the day it is written or edited, says which that was, and is not approved off voice", async () => {
    await put({ ...voice, mustWords: [] });
    await addContacts(api, 1);
    const campaign = await makeCampaign(api);
    const [variant] = await haveWritten(api, campaign);
    const { version } = (await put({ ...voice, mustWords: [], bannedWords: ["dreadful"] })).body;
    const before = await api.ask("GET", `/v1/campaigns/${campaign.id}/preflight`);
    const codes = before.body.warnings.map((each: { code: string }) => each.code);
    expect([variant.voiceVersion, codes.includes("variant.old_voice")]).toEqual([version - 1, true]);
    const contents = { sms: { text: "A dreadful day {{link:shop}}" } };
    const edited = await api.ask("PATCH", `/v1/variants/${variant.id}`, {
      body: { revision: variant.revision, contents },
    });
    expect(edited.body, edited.text).toMatchObject({ voiceVersion: version });
    expect(edited.body.findings).toContainEqual(
      expect.objectContaining({ code: "voice.banned_word", got: "dreadful" }),
    );
  });
});
