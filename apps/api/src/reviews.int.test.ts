import { readVariant } from "@chorus/db/copywriting";
import { createKey } from "@chorus/db/keys";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Json, openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, approve, haveWritten, makeCampaign, openId, soundContents, write } from "./test-campaign.ts";
import { expectRefused } from "./test-refusal.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
  await addContacts(api, 1);
});
afterAll(() => api.close());

const reviewed = async (): Promise<{ campaign: Json; variant: Json }> => {
  const campaign = await makeCampaign(api, { channels: ["sms"] });
  const [variant] = await haveWritten(api, campaign, { sms: soundContents.sms });
  return { campaign, variant };
};
const said = (text: string) => ({ sms: { text: `${text}: {{link:shop}}` } });
const asked = { role: "user", content: "Write about spring" };
const answered = (text: string) => [{ role: "assistant", content: JSON.stringify(said(text)) }];
const exported = async (query: string): Promise<Json[]> => {
  const answer = await api.ask("GET", `/v1/exports/${query}`);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/jsonl; charset=utf-8"]);
  return answer.text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
};

describe("a no", () => {
  it("keeps the words from being approved until there are others, and voids what was approved", async () => {
    const { campaign, variant } = await reviewed();
    await approve(api, campaign);
    const because = "Nobody here talks like that.";
    const answer = await api.ask("POST", `/v1/variants/${variant.id}/reject`, {
      as: "approver",
      body: { revision: 1, because },
    });
    expect(answer.body.findings).toMatchObject([{ code: "review.rejected", message: because }]);
    expect((await api.ask("GET", `/v1/campaigns/${campaign.id}`)).body.state).toBe("in_review");
    await expect(approve(api, campaign)).rejects.toThrow(/review\.rejected/);
    const edit = { revision: 1, contents: said("Better words") };
    expect((await api.ask("PATCH", `/v1/variants/${variant.id}`, { body: edit })).status).toBe(200);
    await approve(api, campaign);
  });

  it("is of the words that were read, and of nobody who may not approve", async () => {
    const { variant } = await reviewed();
    const body = { revision: 2, because: "No, thank you" };
    const ask = (as: "approver" | "operator") => () =>
      api.ask("POST", `/v1/variants/${variant.id}/reject`, { as, body });
    await expectRefused(api, ask("approver"), { status: 409, code: "variant.other_revision" });
    await expectRefused(api, ask("operator"), { status: 403, code: "role.insufficient" });
  });
});

it("a note for the writer waits with the variant, without what could be somebody's address, and goes with the words", async () => {
  const { variant } = await reviewed();
  const note = "Shorter, and ask ann@example.com";
  const answer = await api.ask("POST", `/v1/variants/${variant.id}/rewrite`, { as: "author", body: { note } });
  expect(answer.status).toBe(202);
  const id = openId(api, "variant", variant.id);
  expect(await readVariant(api.db, id)).toMatchObject({ note: "Shorter, and ask (hidden)", nonce: 1 });
  await write(api, id, said("Short"));
  expect(await readVariant(api.db, id)).toMatchObject({ note: null });
  const { rows } = await api.db.sql.query(
    `select revision, note, rejected_because as "rejectedBecause" from variant_revision where variant_id = $1 order by revision`,
    [id],
  );
  expect(rows).toEqual([
    { revision: 1, note: null, rejectedBecause: "Shorter, and ask (hidden)" },
    { revision: 2, note: "Shorter, and ask (hidden)", rejectedBecause: null },
  ]);
});

describe("a rating", () => {
  it("is given blind: nothing tells who wrote the words, nor what others think", async () => {
    const { variant } = await reviewed();
    const { body } = await api.ask("GET", `/v1/variants/${variant.id}/blind`, { as: "approver" });
    expect(Object.keys(body).sort()).toEqual(["contents", "facts", "id", "locale", "previews", "revision"]);
    expect(JSON.stringify(body)).not.toMatch(/template|writer|model|prompt/);
  });

  it("is one for each person and wording, and reported with n, mean and the agreement of each pair", async () => {
    const campaign = await makeCampaign(api, { channels: ["sms"], locales: ["en", "zh", "fr", "de"] });
    const variants = await haveWritten(api, campaign, { sms: soundContents.sms });
    const other = await createKey(api.db, { workspaceId: api.id, personId: api.people.owner, label: "second" });
    const scores: [number, number][] = [
      [1, 1],
      [2, 2],
      [3, 4],
      [5, 4],
    ]; // κ = 27/31, as in core/agreement.test.ts
    for (const [i, variant] of variants.entries()) {
      const put = (key: string, quality: number) =>
        api.ask("PUT", `/v1/variants/${variant.id}/rating`, { key, body: { revision: 1, quality, accuracy: 5 } });
      await put(api.keys.approver, 3); // taken back by the next
      expect((await put(api.keys.approver, scores[i]?.[0] ?? 0)).status).toBe(200);
      await put(other.secret, scores[i]?.[1] ?? 0);
    }
    const { body } = await api.ask("GET", `/v1/campaigns/${campaign.id}/ratings`);
    expect(body).toMatchObject({
      wordings: 4,
      quality: { n: 8, mean: 2.75, agreement: [{ n: 4, kappa: expect.closeTo(27 / 31, 10) }] },
      accuracy: { n: 8, mean: 5, agreement: [{ n: 4, kappa: null }] },
    });
    expect(body.quality.agreement[0].raters.every((id: string) => id.startsWith("per_"))).toBe(true);
  });

  it("of other words than those that stand there is refused", async () => {
    const { variant } = await reviewed();
    const body = { revision: 7, quality: 3, accuracy: 3 };
    const ask = () => api.ask("PUT", `/v1/variants/${variant.id}/rating`, { as: "approver", body });
    await expectRefused(api, ask, { status: 409, code: "variant.other_revision" });
  });
});

describe("an export", () => {
  let own: TestApi;
  let variant: Json;
  beforeAll(async () => {
    own = api;
    api = await openTestApi();
    await addContacts(api, 1);
    const campaign = await makeCampaign(api, { channels: ["sms"] });
    [variant] = await haveWritten(api, campaign, said("First"));
    await api.ask("POST", `/v1/variants/${variant.id}/rewrite`, { body: { note: "Warmer" } });
    await write(api, openId(api, "variant", variant.id), said("Second"));
    const edit = { revision: 2, contents: said("Third") };
    await api.ask("PATCH", `/v1/variants/${variant.id}`, { body: edit });
    await approve(api, campaign);
    await haveWritten(api, await makeCampaign(api, { channels: ["sms"] }), said("Nobody has looked"));
  });
  afterAll(async () => {
    await api.close();
    api = own;
  });

  it("for SFT holds what was approved, once, with the question that it answers", async () => {
    expect(await exported("sft")).toEqual([{ messages: [asked, ...answered("Third")] }]);
    expect(await exported("sft?shape=trl")).toEqual([{ prompt: [asked], completion: answered("Third") }]);
  });

  it("for DPO sets it beside what was refused and what it was edited from", async () => {
    const pairs = ["First", "Second"].map((bad) => ({
      input: { messages: [asked] },
      preferred_output: answered("Third"),
      non_preferred_output: answered(bad),
    }));
    expect(await exported("dpo?shape=openai")).toEqual(pairs);
    expect(await exported("dpo?shape=trl")).toEqual(
      ["First", "Second"].map((bad) => ({ prompt: [asked], chosen: answered("Third"), rejected: answered(bad) })),
    );
  });

  it("leaves out as an example what somebody said no to after it was approved", async () => {
    const say = (at: string) =>
      api.db.sql.query(`update variant_revision set rejected_at = ${at} where variant_id = $1 and revision = 3`, [
        openId(api, "variant", variant.id),
      ]);
    await say("chorus_now()");
    expect([await exported("sft"), await exported("dpo")]).toEqual([[], []]);
    await say("null");
    expect(await exported("sft")).toHaveLength(1);
  });

  it("leaves out as an example what its raters find bad, approved or not", async () => {
    const body = { revision: 3, quality: 2, accuracy: 5 };
    expect((await api.ask("PUT", `/v1/variants/${variant.id}/rating`, { body })).status).toBe(200);
    expect([await exported("sft"), await exported("dpo")]).toEqual([[], []]);
  });

  it("is of one's own workspace", async () => {
    const other = await api.openWorkspace();
    expect((await api.ask("GET", "/v1/exports/sft", { key: other.keys.owner })).text).toBe("");
  });
});
