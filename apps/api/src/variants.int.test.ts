import { contentHash } from "@chorus/core/variant";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Json, openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, approve, haveWritten, makeCampaign, openId, soundContents, write } from "./test-campaign.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
  await addContacts(api, 2);
});
afterAll(() => api.close());

const codes = (body: Json): string[] => body.errors.map((each: Json) => each.code);
const readVariant = async (id: string): Promise<Json> => (await api.ask("GET", `/v1/variants/${id}`)).body;
const readState = async (campaign: Json) => (await api.ask("GET", `/v1/campaigns/${campaign.id}`)).body.state;
const edit = (variant: Json, contents: Json, revision = variant.revision) =>
  api.ask("PATCH", `/v1/variants/${variant.id}`, { as: "author", body: { contents, revision } });

async function reviewed(of: Json = {}, contents = soundContents): Promise<{ campaign: Json; variant: Json }> {
  const campaign = await makeCampaign(api, of);
  const [variant] = await haveWritten(api, campaign, contents);
  return { campaign, variant };
}

/** The findings that an edit leaves, by channel content. */
async function findingsOf(contents: Json, of: Json = {}): Promise<Json[]> {
  const { variant } = await reviewed(of);
  const edited = await edit(variant, contents);
  expect([edited.status, edited.text.slice(0, 300)]).toEqual([200, expect.anything()]);
  return edited.body.findings;
}

describe("a variant", () => {
  it("shows its words, its facts, who wrote it, and how each channel's version will look", async () => {
    const { variant } = await reviewed(
      { channels: ["email", "sms", "slack"] },
      {
        ...soundContents,
        slack: { headline: "Spring", text: "Spring has come.", button: { label: "See the shop", link: "shop" } },
      },
    );
    const body = await readVariant(variant.id);
    expect(body).toMatchObject({
      state: "written",
      revision: 1,
      writer: "template",
      segment: null,
      locale: "en",
      findings: [],
    });
    expect(body.hash).toBe(contentHash({ contents: body.contents, facts: body.facts }));
    expect(Object.keys(body.previews).sort()).toEqual(["email", "slack", "sms"]);
    expect(body.previews.email).toMatchObject({
      title: "A quiet word about spring",
      html: expect.stringContaining("Hello Alex"),
    });
    expect(body.previews.sms.text).toMatch(
      /^Test Shop: Spring has come to the shop: http:\/\/127\.0\.0\.1:\d+\/c\/[\w-]{22}\sReply STOP to opt out$/,
    );
    expect(body.previews.email.html).toMatch(/\/u\/[\w-]{22}/);
  });

  it("row 59: shows an SMS's parts, and the letter that makes them more", async () => {
    const { variant } = await reviewed();
    const plain = await readVariant(variant.id);
    expect(plain.previews.sms.measures[0]).toMatchObject({
      counted: "sms_parts",
      used: 1,
      note: expect.stringContaining("GSM-7"),
    });
    await edit(variant, {
      sms: { text: "Spring has come 🌷 to the shop, and with it all that is new this year: {{link:shop}}" },
    });
    const wide = await readVariant(variant.id);
    expect(wide.previews.sms.measures[0]).toMatchObject({ used: 3, note: expect.stringContaining("🌷") });
  });

  it("links its previews to nobody: opening them counts no click and finds no opt-out", async () => {
    const { variant } = await reviewed();
    const { previews } = await readVariant(variant.id);
    for (const path of previews.email.html.match(/\/[cu]\/[\w-]{22}/g))
      expect((await api.ask("GET", path)).status).toBe(404);
  });
});

describe("an edit by hand", () => {
  it("saves a new revision by a person, and keeps the other channels' words", async () => {
    const { campaign, variant } = await reviewed();
    const sms = { text: "Come and see the spring: {{link:shop}}" };
    const edited = await edit(variant, { sms });
    expect(edited.status).toBe(200);
    expect(edited.body).toMatchObject({
      revision: 2,
      writer: "person",
      findings: [],
      contents: { sms, email: soundContents.email },
    });
    expect(edited.body.hash).not.toBe(variant.hash);
    expect(await readState(campaign)).toBe("in_review");
  });

  it("after the approval voids it: the campaign is in review again and cannot be scheduled", async () => {
    const { campaign, variant } = await reviewed();
    await approve(api, campaign);
    await edit(variant, { sms: { text: "Come and see the spring: {{link:shop}}" } });
    const after = (await api.ask("GET", `/v1/campaigns/${campaign.id}`)).body;
    expect(after).toMatchObject({ state: "in_review", approval: { voidedBecause: "edit_copy" } });
    const scheduled = await api.ask("POST", `/v1/campaigns/${campaign.id}/schedule`, { body: { at: "now" } });
    expect([scheduled.status, codes(scheduled.body)]).toEqual([409, ["approval.missing"]]);
  });

  it("once the campaign is scheduled is refused, and changes nothing", async () => {
    const { campaign, variant } = await reviewed();
    await approve(api, campaign);
    await api.ask("POST", `/v1/campaigns/${campaign.id}/schedule`, { body: { at: "now" } });
    const before = await readVariant(variant.id);
    const answer = await edit(variant, { sms: { text: "Too late: {{link:shop}}" } });
    expect([answer.status, codes(answer.body), answer.body.state]).toEqual([409, ["campaign.state"], "scheduled"]);
    expect(await readVariant(variant.id)).toEqual(before);
  });

  it("of an older revision is refused with the present one", async () => {
    const { variant } = await reviewed();
    await edit(variant, { sms: { text: "First: {{link:shop}}" } });
    const answer = await edit(variant, { sms: { text: "Second: {{link:shop}}" } });
    expect([answer.status, codes(answer.body), answer.body.revision]).toEqual([409, ["variant.other_revision"], 2]);
  });

  it.each([
    ["a field the channel has not", { sms: { text: "Hi", subjekt: "x" } }, "contents.sms.subjekt", "field.unknown"],
    [
      "row 16: a file where words belong",
      { email: { html: { path: "/etc/passwd" } } },
      "contents.email.subject",
      "field.missing",
    ],
    ["words that are no text", { sms: { text: 7 } }, "contents.sms.text", "type.string"],
    ["row 60: far more than one message", { sms: { text: "x".repeat(1601) } }, "contents.sms.text", "value.too_big"],
    ["a channel the campaign does not use", { slack: { headline: "x" } }, "contents.slack", "channel.unknown"],
    ["a channel nobody knows", { fax: { text: "x" } }, "contents.fax", "channel.unknown"],
  ])("with %s is refused and not stored", async (_what, contents, path, code) => {
    const { variant } = await reviewed();
    const answer = await edit(variant, contents);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ path, code }));
    expect((await readVariant(variant.id)).revision).toBe(1);
  });

  it("is not for an approver", async () => {
    const { variant } = await reviewed();
    const body = { contents: {}, revision: 1 };
    expect((await api.ask("PATCH", `/v1/variants/${variant.id}`, { as: "approver", body })).status).toBe(403);
  });
});

describe("findings of an edit", () => {
  it("name a slot that the fact sheet does not have, with those it has", async () => {
    const [finding] = await findingsOf({ sms: { text: "Only {{fact:prise}}: {{link:shop}}" } });
    expect(finding).toMatchObject({
      path: "contents.sms.text",
      code: "slot.unknown_fact",
      got: "prise",
      message: expect.stringContaining("price"),
    });
  });

  it("row 66: name braces that are no slot", async () => {
    const found = await findingsOf({ sms: { text: "Hi {{user.constructor}}: {{link:shop}}" } });
    expect(found).toContainEqual(expect.objectContaining({ path: "contents.sms.text", code: "slot.forbidden" }));
  });

  it("row 65: ask for a default where some contacts have no value", async () => {
    const found = await findingsOf({ sms: { text: "Hi {{contact:first_name}}: {{link:shop}}" } });
    expect(found).toContainEqual(expect.objectContaining({ code: "slot.default_missing" }));
  });

  it("say of an over-long SMS how many parts it takes and how many are allowed", async () => {
    const found = await findingsOf({ sms: { text: `${"Spring has come to the shop. ".repeat(16)}{{link:shop}}` } });
    expect(found).toContainEqual(
      expect.objectContaining({ code: "sms.parts", message: expect.stringMatching(/4 parts.*3 are allowed/) }),
    );
  });

  it("row 74: hold a price that the fact sheet did not give", async () => {
    const found = await findingsOf({ sms: { text: "Everything for £9.99: {{link:shop}}" } });
    expect(found.map((each) => each.path)).toContain("contents.sms.text");
    expect(found.some((each) => each.severity !== "warning")).toBe(true);
  });

  it("hold what the brief forbids", async () => {
    const brief = {
      goal: "x",
      mustNotSay: ["cheap"],
      factSheet: { facts: [], links: [{ id: "shop", url: "https://shop.example.com/" }] },
    };
    const found = await findingsOf({ sms: { text: "It is so cheap: {{link:shop}}" } }, { brief });
    expect(found.some((each) => each.severity !== "warning")).toBe(true);
  });

  it("go away with the next edit", async () => {
    const { variant } = await reviewed();
    const wrong = await edit(variant, { sms: { text: "Only {{fact:prise}}: {{link:shop}}" } });
    expect(wrong.body.previews.sms).toBeUndefined();
    const mended = await edit(wrong.body, { sms: { text: "From {{fact:price}}: {{link:shop}}" } });
    expect(mended.body.findings).toEqual([]);
    expect(mended.body.previews.sms.text).toContain("£12.50");
  });
});

describe("a rewrite", () => {
  it("puts one variant back in the writer's queue, and the rest stays", async () => {
    const campaign = await makeCampaign(api, { locales: ["en", "zh"] });
    const [one, other] = await haveWritten(api, campaign);
    const asked = await api.ask("POST", `/v1/variants/${one?.id}/rewrite`, { as: "author" });
    expect([asked.status, asked.body.state]).toEqual([202, "waiting"]);
    expect(await readState(campaign)).toBe("writing");
    expect((await readVariant(other?.id)).state).toBe("written");
    const meanwhile = await edit(one, { sms: { text: "Mine: {{link:shop}}" } });
    expect([meanwhile.status, codes(meanwhile.body)]).toEqual([409, ["variant.waiting"]]);
    await write(api, openId(api, "variant", one?.id), soundContents);
    expect(await readState(campaign)).toBe("in_review");
  });
});

describe("a claim that only whoever can show it may make", () => {
  const sms = { text: "Mugs, proudly made in the USA: {{link:shop}}" };
  const claim = { code: "law.us.origin", got: "proudly made in the USA" };
  const source = "Supplier's statement of origin, 2026-10-02, file 117";
  const record = (variant: Json, body: Json) =>
    api.ask("POST", `/v1/variants/${variant.id}/evidence`, { as: "author", body });

  it("keeps the copy from being approved until somebody has recorded what shows it", async () => {
    const { campaign, variant } = await reviewed();
    const edited = await edit(variant, { sms });
    expect(edited.body.findings).toMatchObject([{ ...claim, severity: "needs_evidence" }]);
    await expect(approve(api, campaign)).rejects.toThrow();

    const recorded = await record(variant, { ...claim, source });
    expect([recorded.status, recorded.body.evidence]).toEqual([200, [{ ...claim, source }]]);
    await approve(api, campaign);
    expect(await readState(campaign)).toBe("approved");
  });

  it("is shown once for the same words, and other words ask again", async () => {
    const { campaign, variant } = await reviewed();
    await edit(variant, { sms });
    await record(variant, { ...claim, source });
    await edit({ ...variant, revision: 2 }, { sms: { text: `${sms.text} Boosts immunity.` } });
    await expect(approve(api, campaign)).rejects.toThrow();
  });

  it("evidence for words that nobody asked evidence for is refused, and says what to do", async () => {
    const { variant } = await reviewed();
    const answer = await record(variant, { ...claim, source });
    expect([answer.status, codes(answer.body)]).toEqual([400, ["evidence.not_asked"]]);
    const short = await record(variant, { ...claim, source: "trust me" });
    expect([short.status, short.body.errors[0].path]).toEqual([400, "source"]);
  });
});
