import { channels } from "@chorus/channels/registry";
import { twoPersonThreshold } from "@chorus/core/campaign";
import { lease } from "@chorus/db/lease";
import { launchDue } from "@chorus/db/runs";
import { registerWorker } from "@chorus/db/workers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Json, openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, approve, haveLaunched, haveWritten, makeCampaign, soundContents } from "./test-campaign.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
  await addContacts(api, 4);
  await addContacts(api, 2, { consents: {} });
});
afterAll(() => api.close());

const codes = (body: Json): string[] => body.errors.map((each: Json) => each.code);
const post = (path: string, body?: unknown, as: "author" | "approver" | "operator" | "owner" = "approver") =>
  api.ask("POST", path, { as, ...(body === undefined ? {} : { body }) });
const read = async (id: string): Promise<Json> => (await api.ask("GET", `/v1/campaigns/${id}`)).body;
const preflight = (id: string) => api.ask("GET", `/v1/campaigns/${id}/preflight`);

/** A campaign in review, with what its reviewer saw. */
async function reviewed(of: Json = {}, as: "author" | "owner" = "author"): Promise<{ campaign: Json; seen: Json }> {
  const campaign = await makeCampaign(api, of, as);
  await haveWritten(api, campaign);
  const { contentHash, audienceSize } = (await preflight(campaign.id)).body;
  return { campaign, seen: { contentHash, audienceSize } };
}

describe("the preflight", () => {
  it("counts per channel who gets a message and who does not, and why", async () => {
    const { campaign } = await reviewed();
    const answer = await preflight(campaign.id);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      audienceSize: 6,
      segmentVersions: [],
      segments: [{ id: null, name: "Everyone else", contacts: 6 }],
      warnings: [],
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(answer.body.channels.email).toEqual({ planned: 6, willSend: 4, skipped: { no_consent: 2 }, hold: {} });
    expect(answer.body.channels.sms.planned).toBe(6);
  });

  it("names every segment in its order, also one that nobody matches", async () => {
    const rule = (value: string) => ({ is: "field", field: "country", op: "eq", value });
    const none = await post("/v1/segments", { name: "Nobody", rule: rule("FR") }, "author");
    const all = await post("/v1/segments", { name: "Britain", rule: rule("GB") }, "author");
    const campaign = await makeCampaign(api, { segments: [none.body.id, all.body.id] });
    const { body } = await preflight(campaign.id);
    expect(body.segments).toEqual([
      { id: none.body.id, name: "Nobody", contacts: 0 },
      { id: all.body.id, name: "Britain", contacts: 6 },
      { id: null, name: "Everyone else", contacts: 0 },
    ]);
    expect(body.segmentVersions).toEqual([
      { segment: none.body.id, version: 1 },
      { segment: all.body.id, version: 1 },
    ]);
    expect(body.contentHash).toBeNull();
    expect(body.warnings.map((each: Json) => each.code)).toEqual(["variant.unwritten"]);
  });

  it("says what one segment is offered and another is not, and where two segments are told the same in the same words", async () => {
    const rule = { is: "field", field: "country", op: "eq", value: "GB" };
    const segment = await post("/v1/segments", { name: "Islanders", rule }, "author");
    const campaign = await makeCampaign(api, { segments: [segment.body.id] });
    const [own] = await haveWritten(api, campaign);
    const alike = (await preflight(campaign.id)).body;
    expect(alike.differences).toEqual([]);
    expect(alike.warnings).toMatchObject([
      { code: "variant.alike", message: expect.stringContaining("Islanders, en") },
    ]);
    const contents = { sms: { text: "Spring has come to the shop, from {{fact:price}}: {{link:shop}}" } };
    const edit = await api.ask("PATCH", `/v1/variants/${own?.id}`, { as: "author", body: { contents, revision: 1 } });
    expect(edit.status).toBe(200);
    const { body } = await preflight(campaign.id);
    expect(body.differences).toEqual([
      { fact: "price", about: "price", values: [{ shown: "£12.50", segments: [segment.body.id] }], without: [null] },
    ]);
    expect(body.warnings.map((each: Json) => each.code)).toContain("variant.unequal_offer");
  });

  it("lists where public posts go, and warns when there is nowhere", async () => {
    const campaign = await makeCampaign(api, { channels: ["email", "slack"] });
    const before = (await preflight(campaign.id)).body;
    expect(before.warnings.map((each: Json) => each.code)).toContain("destination.none");
    const destination = { channel: "slack", name: "News", address: "C0123456789", locale: "en" };
    const made = await post("/v1/destinations", destination, "operator");
    const after = (await preflight(campaign.id)).body;
    expect(after.destinations).toEqual([{ id: made.body.id, channel: "slack", name: "News" }]);
    expect(after.channels.slack).toMatchObject({ planned: 1, willSend: 1 });
  });

  it("row 105: refuses an audience of nobody", async () => {
    const campaign = await makeCampaign(api, { audience: { is: "field", field: "country", op: "eq", value: "AQ" } });
    const answer = await preflight(campaign.id);
    expect([answer.status, codes(answer.body), answer.body.audienceSize]).toEqual([422, ["audience.empty"], 0]);
  });

  it("row 105: refuses an audience of which nobody may be written to, and says why with counts", async () => {
    await addContacts(api, 3, { country: "NZ", consents: {} });
    const campaign = await makeCampaign(api, { audience: { is: "field", field: "country", op: "eq", value: "NZ" } });
    await haveWritten(api, campaign);
    const answer = await preflight(campaign.id);
    expect([answer.status, codes(answer.body)]).toEqual([422, ["audience.empty"]]);
    expect(answer.body.detail).toContain("email: no_consent 3");
    const seen = { contentHash: "a".repeat(64), audienceSize: 3 };
    const approved = await post(`/v1/campaigns/${campaign.id}/approve`, seen);
    expect([approved.status, codes(approved.body)]).toEqual([422, ["audience.empty"]]);
  });
});

describe("approving", () => {
  it("binds a named person's yes to the copy, the segments and the size", async () => {
    const { campaign, seen } = await reviewed();
    const answer = await post(`/v1/campaigns/${campaign.id}/approve`, seen);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ ...seen, by: { name: "approver" }, voidedAt: null, segmentVersions: [] });
    expect(await read(campaign.id)).toMatchObject({ state: "approved", approval: answer.body });
  });

  it.each(["author", "operator"] as const)("is not for an %s, who is told whose it is", async (as) => {
    const { campaign, seen } = await reviewed();
    const answer = await post(`/v1/campaigns/${campaign.id}/approve`, seen, as);
    expect([answer.status, codes(answer.body)]).toEqual([403, ["role.insufficient"]]);
    expect(answer.body.detail).toContain("owner or approver");
  });

  it("row 106: is refused for another size than the counted one, and says the present values", async () => {
    const { campaign, seen } = await reviewed();
    const wrong = await post(`/v1/campaigns/${campaign.id}/approve`, { ...seen, audienceSize: 1 });
    expect([wrong.status, codes(wrong.body)]).toEqual([409, ["approval.stale"]]);
    expect(wrong.body).toMatchObject(seen);
    expect((await read(campaign.id)).state).toBe("in_review");
    const { contentHash, audienceSize } = wrong.body;
    expect((await post(`/v1/campaigns/${campaign.id}/approve`, { contentHash, audienceSize })).status).toBe(200);
  });

  it("is refused for copy that was edited since it was read", async () => {
    const { campaign, seen } = await reviewed();
    const [variant] = (await api.ask("GET", `/v1/campaigns/${campaign.id}/variants`)).body.items;
    const contents = { sms: { text: "Spring is here, come and see: {{link:shop}}" } };
    const edit = { contents, revision: variant.revision };
    expect((await api.ask("PATCH", `/v1/variants/${variant.id}`, { as: "author", body: edit })).status).toBe(200);
    const answer = await post(`/v1/campaigns/${campaign.id}/approve`, seen);
    expect([answer.status, codes(answer.body)]).toEqual([409, ["approval.stale"]]);
    expect(answer.body.contentHash).not.toBe(seen.contentHash);
  });

  it("is refused while words are missing", async () => {
    const campaign = await makeCampaign(api);
    const seen = { contentHash: "a".repeat(64), audienceSize: 6 };
    const draft = await post(`/v1/campaigns/${campaign.id}/approve`, seen);
    expect([draft.status, codes(draft.body), draft.body.state]).toEqual([409, ["campaign.state"], "draft"]);
  });

  it("is refused to the author of a campaign for more than a thousand people, though they own the workspace", async () => {
    await api.db.sql.query(
      "insert into contact (workspace_id, external_id, locale) select $1, 'crowd-' || n, 'en' from generate_series(1, $2) n",
      [api.id, twoPersonThreshold],
    );
    const { campaign, seen } = await reviewed({}, "owner");
    const own = await post(`/v1/campaigns/${campaign.id}/approve`, seen, "owner");
    expect([own.status, codes(own.body)]).toEqual([403, ["approval.second_person"]]);
    expect((await post(`/v1/campaigns/${campaign.id}/approve`, seen, "approver")).status).toBe(200);
    await api.db.sql.query("delete from contact where external_id like 'crowd-%'");
    const small = await reviewed({}, "owner");
    expect((await post(`/v1/campaigns/${small.campaign.id}/approve`, small.seen, "owner")).status).toBe(200);
  });
});

describe("scheduling", () => {
  const schedule = (id: string, at: string) => post(`/v1/campaigns/${id}/schedule`, { at }, "operator");

  it("sets the moment in the campaign's own words", async () => {
    const { campaign } = await reviewed();
    await approve(api, campaign);
    const at = new Date(Date.now() + 86_400_000).toISOString().replace("Z", "+00:00");
    const answer = await schedule(campaign.id, at);
    expect([answer.status, answer.body.state]).toEqual([200, "scheduled"]);
    expect(Date.parse(answer.body.scheduledAt)).toBe(Date.parse(at));
  });

  it.each([
    ["row 19: a moment without offset", () => "2027-03-01T09:00:00", 400, "time.offset_required"],
    ["row 19: no moment at all", () => "tomorrow", 400, "time.offset_required"],
    ["row 20: a moment that is past", () => new Date(Date.now() - 600_000).toISOString(), 422, "time.past"],
    ["row 21: the year 9999", () => "9999-01-01T00:00:00Z", 422, "time.too_far"],
  ])("refuses %s", async (_what, at, status, code) => {
    const { campaign } = await reviewed();
    await approve(api, campaign);
    const answer = await schedule(campaign.id, at());
    expect([answer.status, codes(answer.body)]).toEqual([status, [code]]);
    expect((await read(campaign.id)).state).toBe("approved");
  });

  it("row 20: takes a moment that has just passed as now", async () => {
    const { campaign } = await reviewed();
    await approve(api, campaign);
    expect((await schedule(campaign.id, new Date(Date.now() - 60_000).toISOString())).status).toBe(200);
  });

  it("row 18: knows one way to say when, and says so of any other", async () => {
    const { campaign } = await reviewed();
    const answer = await post(`/v1/campaigns/${campaign.id}/schedule`, { at: "now", cron: "0 9 * * *" }, "operator");
    expect([answer.status, codes(answer.body)]).toEqual([400, ["schedule.ambiguous"]]);
  });

  it("is refused without a valid approval", async () => {
    const { campaign } = await reviewed();
    const answer = await schedule(campaign.id, "now");
    expect([answer.status, codes(answer.body)]).toEqual([409, ["approval.missing"]]);
  });

  it("is refused when a segment's rule changed since the approval, until it is approved again", async () => {
    const rule = { is: "field", field: "country", op: "eq", value: "GB" };
    const segment = (await post("/v1/segments", { name: "Changing", rule }, "author")).body;
    const { campaign } = await reviewed({ segments: [segment.id] });
    await approve(api, campaign);
    const changed = { name: "Changing", rule: { is: "field", field: "country", op: "ne", value: "DE" } };
    expect((await api.ask("PUT", `/v1/segments/${segment.id}`, { as: "author", body: changed })).status).toBe(200);
    const answer = await schedule(campaign.id, "now");
    expect([answer.status, codes(answer.body)]).toEqual([409, ["approval.stale"]]);
    await approve(api, campaign);
    expect((await schedule(campaign.id, "now")).status).toBe(200);
  });

  it("row 22: is refused for a cancelled campaign, with its state", async () => {
    const { campaign } = await reviewed();
    expect((await post(`/v1/campaigns/${campaign.id}/cancel`)).body.campaign.state).toBe("cancelled");
    const answer = await schedule(campaign.id, "now");
    expect([answer.status, codes(answer.body), answer.body.state]).toEqual([409, ["campaign.state"], "cancelled"]);
  });

  it("may set a missed moment anew, but not the moment of what is going out", async () => {
    const { campaign } = await reviewed();
    await approve(api, campaign);
    await schedule(campaign.id, "now");
    await api.db.sql.query("update schedule set next_at = next_at - interval '3 hours' where next_at is not null");
    expect((await launchDue(api.db, channels)).map((each) => each.is)).toContain("missed");
    expect((await schedule(campaign.id, "now")).status).toBe(200);
    expect((await launchDue(api.db, channels)).map((each) => each.is)).toEqual(["launched"]);
    const again = await schedule(campaign.id, "now");
    expect([again.status, codes(again.body)]).toEqual([409, ["campaign.state"]]);
  });
});

describe("the levers", () => {
  it("pause, resume and cancel what goes out, twice without harm, and say how much is with the provider", async () => {
    const campaign = await makeCampaign(api);
    const runId = await haveLaunched(api, campaign);
    const pull = (lever: string, as: "approver" | "operator" = "operator") =>
      post(`/v1/campaigns/${campaign.id}/${lever}`, undefined, as);
    for (const time of ["first", "second"]) {
      const paused = await pull("pause", "approver");
      expect([time, paused.status, paused.body.run.state, paused.body.alreadyWithProvider]).toEqual([
        time,
        200,
        "paused",
        0,
      ]);
    }
    expect((await pull("resume", "approver")).status).toBe(403);
    expect((await pull("resume")).body.run.state).toBe("sending");
    const cancelled = await pull("cancel", "approver");
    expect([cancelled.status, cancelled.body.run.state]).toEqual([200, "cancelling"]);
    const resumed = await pull("resume");
    expect([resumed.status, codes(resumed.body), resumed.body.state]).toEqual([409, ["run.state"], "cancelling"]);
    const audit = "select action, person_id as by from audit where subject = $1 order by id";
    const { rows } = await api.db.sql.query(audit, [`run:${runId}`]);
    const { approver, operator } = api.people;
    expect(rows).toEqual([
      { action: "run.pause", by: approver },
      { action: "run.pause", by: approver },
      { action: "run.resume", by: operator },
      { action: "run.cancel", by: approver },
    ]);
  });

  it("have nothing to act on before a campaign goes out", async () => {
    const campaign = await makeCampaign(api);
    const answer = await post(`/v1/campaigns/${campaign.id}/pause`);
    expect([answer.status, codes(answer.body)]).toEqual([409, ["run.none"]]);
    const cancelled = await post(`/v1/campaigns/${campaign.id}/cancel`);
    expect(cancelled.body).toMatchObject({ campaign: { state: "cancelled" }, run: null, alreadyWithProvider: 0 });
    const again = await post(`/v1/campaigns/${campaign.id}/cancel`);
    expect([again.status, codes(again.body)]).toEqual([409, ["campaign.state"]]);
  });

  it("stop everything of a workspace at once, and nothing of another", async () => {
    const campaign = await makeCampaign(api);
    await haveLaunched(api, campaign);
    const other = await api.openWorkspace();
    expect((await api.ask("POST", "/v1/stop", { key: other.keys.owner })).body).toEqual({
      stopped: 0,
      alreadyWithProvider: 0,
    });
    const stopped = await api.ask("POST", "/v1/stop", { body: { because: "Wrong price" } });
    expect(stopped.body.stopped).toBeGreaterThan(0);
    expect((await api.ask("GET", "/v1/stop")).body.stop).toMatchObject({ because: "Wrong price" });
    const workerId = await registerWorker(api.db, "test");
    const leased = () => lease(api.db, { channel: "email", class: "marketing", lane: 0, workerId, limit: 1 });
    expect(await leased()).toEqual([]);
    expect((await api.ask("POST", "/v1/release")).body).toEqual({ released: true, held: 0 });
    expect((await api.ask("POST", "/v1/release")).body).toEqual({ released: false, held: 0 });
    expect((await api.ask("GET", "/v1/stop")).body).toEqual({ stop: null });
  });
});

describe("the report", () => {
  it("balances, per channel, and is found by campaign and by run", async () => {
    const campaign = await makeCampaign(api, { name: "Reported" });
    await haveLaunched(api, campaign);
    const { body } = await api.ask("GET", `/v1/campaigns/${campaign.id}/report`);
    expect(body.campaign).toEqual({ id: campaign.id, name: "Reported" });
    const total = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
    for (const books of [body.books, ...Object.values<Json>(body.channels)])
      expect(books.planned).toBe(
        books.accepted +
          total(books.skipped) +
          total(books.failed) +
          books.expired +
          books.cancelled +
          books.inDoubt +
          books.open,
      );
    expect(body.channels.email.skipped.no_consent).toBeGreaterThan(0);
    const [run] = (await api.ask("GET", `/v1/campaigns/${campaign.id}/runs`)).body.items;
    expect((await api.ask("GET", `/v1/runs/${run.id}/report`)).body).toEqual(body);
    expect((await api.ask("GET", `/v1/runs/${run.id}/doubts`)).body).toEqual({ items: [], nextCursor: null });
  });

  it("is not there before the first run, and not for others", async () => {
    const campaign = await makeCampaign(api);
    const answer = await api.ask("GET", `/v1/campaigns/${campaign.id}/report`);
    expect([answer.status, codes(answer.body)]).toEqual([409, ["run.none"]]);
    const launched = await makeCampaign(api);
    await haveLaunched(api, launched);
    const [run] = (await api.ask("GET", `/v1/campaigns/${launched.id}/runs`)).body.items;
    const other = await api.openWorkspace();
    for (const path of [`/v1/runs/${run.id}/report`, `/v1/runs/${run.id}/doubts`])
      expect((await api.ask("GET", path, { key: other.keys.owner })).status).toBe(404);
  });
});

describe("copy that was not written for a channel", () => {
  it("keeps a campaign from being approved", async () => {
    const campaign = await makeCampaign(api);
    const [variant] = await haveWritten(api, campaign, soundContents);
    const contents = { sms: { text: "Now only {{fact:prize}}: {{link:shop}}" } };
    const edited = await api.ask("PATCH", `/v1/variants/${variant?.id}`, {
      as: "author",
      body: { contents, revision: 1 },
    });
    expect(edited.status).toBe(200);
    const { contentHash, audienceSize } = (await preflight(campaign.id)).body;
    const answer = await post(`/v1/campaigns/${campaign.id}/approve`, { contentHash, audienceSize });
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0]).toMatchObject({
      path: `${variant?.id}.contents.sms.text`,
      code: "slot.unknown_fact",
      message: expect.stringContaining("price"),
    });
  });
});
