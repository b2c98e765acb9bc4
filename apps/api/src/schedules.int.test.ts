/** Campaigns that go out by a rule: what the API takes, what a firing makes of it, and how it ends. */
import { channels } from "@chorus/channels/registry";
import { expandPage } from "@chorus/db/expand";
import { launchDue } from "@chorus/db/runs";
import { sweep } from "@chorus/db/sweep";
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from "vitest";
import { type Json, openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, approve, haveLaunched, haveWritten, makeCampaign, openId } from "./test-campaign.ts";
import { expectRefused } from "./test-refusal.ts";

let api: TestApi;
let campaign: Json;
beforeAll(async () => {
  api = await openTestApi();
  await addContacts(api, 10);
});
afterAll(() => api.close());
/** What one test leaves planned must not fire in the next. */
afterEach(() => api.db.sql.query("update schedule set next_at = null"));

const post = (path: string, body?: Json) => api.ask("POST", path, body === undefined ? {} : { body });
const read = async (): Promise<Json> => (await api.ask("GET", `/v1/campaigns/${campaign.id}`)).body;
const runs = async (): Promise<Json[]> => (await api.ask("GET", `/v1/campaigns/${campaign.id}/runs`)).body.items;

async function approved(): Promise<void> {
  campaign = await makeCampaign(api);
  await haveWritten(api, campaign);
  await approve(api, campaign);
}

/** Every day at this many minutes from now, by UTC. */
const everyDay = (inMinutes: number): Json => ({
  every: "day",
  at: new Date(Date.now() + inMinutes * 60_000).toISOString().slice(11, 16),
  timeZone: "UTC",
});

const schedule = (repeat: Json) => post(`/v1/campaigns/${campaign.id}/schedule`, { repeat });

/** So many days pass, in which nothing runs. */
async function sleepOver(days: number): Promise<void> {
  await api.db.sql.query(
    `with past as (update run set fired_for = fired_for - make_interval(days => $2) where campaign_id = $1)
     update schedule set next_at = next_at - make_interval(days => $2) where campaign_id = $1`,
    [openId(api, "campaign", campaign.id), days],
  );
}

const launched = async () => (await launchDue(api.db, channels)).map((each) => each.is);

/** Sends everything that is open, without a provider. */
async function settle(): Promise<void> {
  for (const { id } of await runs()) while ((await expandPage(api.db, openId(api, "run", id))).is === "page");
  await api.db.sql.query(
    "with gone as (delete from due returning run_id, message_id) update message m set state = 3, attempt = 1, settled_at = chorus_now() from gone g where m.run_id = g.run_id and m.id = g.message_id",
  );
  await sweep(api.db);
}

describe("a rule", () => {
  it("is taken in place of a moment, and the next five runs are shown by both clocks", async () => {
    await approved();
    const repeat = { every: "week", on: ["monday", "thursday"], at: "09:00", timeZone: "America/New_York" };
    const answer = await schedule(repeat);
    expect([answer.status, answer.body.state, answer.body.repeat]).toEqual([200, "scheduled", repeat]);
    expect(answer.body.nextRuns).toHaveLength(5);
    for (const { at, local } of answer.body.nextRuns) {
      expect(local).toMatch(/T09:00:00-0[45]:00\[America\/New_York\]$/);
      expect(Date.parse(local.replace(/\[.*/, ""))).toBe(Date.parse(at));
      expect(new Date(at).toLocaleDateString("en", { weekday: "long", timeZone: repeat.timeZone })).toMatch(/Mon|Thu/);
    }
    expect(answer.body.scheduledAt).toBe(answer.body.nextRuns[0].at);
    expect(await read()).toEqual(answer.body);
  });

  it("may be set anew while it is live", async () => {
    await approved();
    await schedule(everyDay(60));
    const anew = await schedule(everyDay(120));
    expect([anew.status, anew.body.repeat.at]).toEqual([200, everyDay(120).at]);
  });

  test.each([
    [{ every: "day", at: "09:00", timeZone: "Europe/Londn" }, "repeat.timeZone", "time_zone.unknown", 400],
    [{ every: "day", at: "24:00", timeZone: "UTC" }, "repeat.at", "value.format", 400],
    [{ every: "month", on: 31, at: "09:00", timeZone: "UTC" }, "repeat.on", "day.not_in_every_month", 400],
    [{ every: "week", on: ["mon"], at: "09:00", timeZone: "UTC" }, "repeat.on[0]", "value.unknown", 400],
    [{ every: "day", at: "09:00", timeZone: "UTC", until: "2027-02-31" }, "repeat.until", "value.format", 400],
    [{ every: "year", at: "09:00", timeZone: "UTC" }, "repeat.every", "value.unknown", 400],
    [{ every: "day", at: "09:00", timeZone: "UTC", tz: "UTC" }, "repeat.tz", "field.unknown", 400],
    [{ every: "day", at: "09:00", timeZone: "UTC", until: "2026-01-31" }, "repeat.until", "schedule.over", 422],
  ])("%j is refused at %s as %s", async (repeat, path, code, status) => {
    await approved();
    await expectRefused(api, () => schedule(repeat), { status, code, path });
  });

  it("beside a moment is refused, and so is neither", async () => {
    await approved();
    const path = `/v1/campaigns/${campaign.id}/schedule`;
    const both = () => post(path, { at: "now", repeat: everyDay(60) });
    await expectRefused(api, both, { status: 400, code: "schedule.ambiguous", path: "repeat" });
    await expectRefused(api, () => post(path, {}), { status: 400, code: "field.missing", path: "at" });
  });
});

describe("a campaign that repeats", () => {
  it("goes out at each of its moments once, and stays scheduled in between", async () => {
    await approved();
    await schedule(everyDay(-30));
    for (const times of [1, 2]) {
      await sleepOver(1);
      expect([await launched(), await launched()]).toEqual([["launched"], []]);
      await settle();
      expect((await runs()).map((run) => run.state)).toEqual(Array(times).fill("finished"));
      const { state, nextRuns } = await read();
      expect([state, nextRuns.length]).toEqual(["scheduled", 5]);
      expect(Date.parse(nextRuns[0].at)).toBeGreaterThan(Date.now());
    }
  });

  it("fires for one moment no more than once, whatever becomes of its schedule", async () => {
    await approved();
    await schedule(everyDay(-30));
    await sleepOver(1);
    await Promise.all([launchDue(api.db, channels), launchDue(api.db, channels)]);
    expect(await runs()).toHaveLength(1);
    await api.db.sql.query("update schedule set next_at = last_fired_for where campaign_id = $1", [
      openId(api, "campaign", campaign.id),
    ]);
    expect(await launched()).toEqual([]);
    expect(await runs()).toHaveLength(1);
  });

  it("D14: that slept over several moments asks about the last one only, and says how many passed", async () => {
    await approved();
    await schedule(everyDay(-120));
    await sleepOver(4);
    expect(await launched()).toEqual(["missed"]);
    const [run] = await runs();
    expect(run.stateBecause).toContain("Before it 3 scheduled moments passed");
    expect((await read()).state).toBe("scheduled");
    const resumed = await post(`/v1/runs/${run.id}/resume`);
    expect([resumed.status, resumed.body.run.state]).toEqual([200, "sending"]);
  });

  it("D14: a missed run that something newer came after can be cancelled, and not sent", async () => {
    await approved();
    await schedule(everyDay(-120));
    await sleepOver(1);
    expect(await launched()).toEqual(["missed"]);
    await schedule(everyDay(-30));
    await sleepOver(1);
    expect(await launched()).toEqual(["launched"]);
    const missed = (await runs()).find((run) => run.state === "missed");
    const late = () => post(`/v1/runs/${missed.id}/resume`);
    await expectRefused(api, late, { status: 409, code: "run.state", path: "run.state" });
    expect((await post(`/v1/runs/${missed.id}/cancel`)).body.run.state).toBe("cancelling");
    await settle();
    expect((await runs()).map((run) => run.state)).toEqual(["finished", "cancelled"]);
    expect((await read()).state, "one run of it was cancelled, the campaign was not").toBe("scheduled");
  });

  it("is held while the run before it is paused, and when it has come to more people, until somebody approves anew", async () => {
    await approved();
    await schedule(everyDay(-30));
    await sleepOver(1);
    await launched();
    await post(`/v1/campaigns/${campaign.id}/pause`);
    await sleepOver(1);
    expect(await launched()).toEqual(["held"]);
    expect((await runs())[0].stateBecause).toContain("paused");
    await post(`/v1/campaigns/${campaign.id}/resume`);
    await settle();

    await addContacts(api, 5);
    await sleepOver(1);
    expect(await launched(), "half as many again").toEqual(["held"]);
    await approve(api, campaign);
    expect((await read()).state).toBe("scheduled");
    await sleepOver(1);
    expect(await launched()).toEqual(["launched"]);
  });

  it("ends by one call: what goes out goes on, then the campaign is done", async () => {
    await approved();
    await schedule(everyDay(-30));
    await sleepOver(1);
    await launched();
    const ended = await api.ask("DELETE", `/v1/campaigns/${campaign.id}/schedule`);
    expect([ended.status, ended.body.state, ended.body.nextRuns]).toEqual([200, "scheduled", []]);
    const again = () => api.ask("DELETE", `/v1/campaigns/${campaign.id}/schedule`);
    await expectRefused(api, again, { status: 409, code: "campaign.state" });
    await settle();
    expect([(await read()).state, (await runs())[0].state]).toEqual(["done", "finished"]);
  });

  it("that never went out is approved again when its schedule is ended", async () => {
    await approved();
    await schedule(everyDay(60));
    const ended = await api.ask("DELETE", `/v1/campaigns/${campaign.id}/schedule`);
    expect([ended.body.state, ended.body.approval.voidedAt]).toEqual(["approved", null]);
    expect((await schedule(everyDay(60))).status).toBe(200);
  });

  it("is over with the last day of its rule", async () => {
    await approved();
    const until = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await schedule({ ...everyDay(-30), until });
    await sleepOver(1);
    await api.db.sql.query("update schedule set repeat = repeat || jsonb_build_object('until', $1::text)", [
      new Date(Date.now() - 1_800_000).toISOString().slice(0, 10),
    ]);
    expect(await launched()).toEqual(["launched"]);
    expect((await read()).nextRuns).toEqual([]);
    await settle();
    expect((await read()).state).toBe("done");
  });

  it("is called off with everything that goes out of it", async () => {
    await approved();
    await schedule(everyDay(-30));
    for (let run = 0; run < 2; run++) {
      await sleepOver(1);
      await launched();
    }
    const cancelled = await post(`/v1/campaigns/${campaign.id}/cancel`);
    expect([cancelled.status, cancelled.body.run.state]).toEqual([200, "cancelling"]);
    await sweep(api.db);
    await sleepOver(1);
    expect(await launched()).toEqual([]);
    expect([(await read()).state, ...(await runs()).map((run) => run.state)]).toEqual([
      ...["cancelled", "cancelled", "cancelled"],
    ]);
  });
});

describe("a workspace that is stopped", () => {
  it("D14: launches nothing, and what it slept over by hours asks when it is released", async () => {
    await approved();
    await post("/v1/stop", { because: "Wrong price" });
    await schedule(everyDay(-120));
    await sleepOver(1);
    expect(await launched()).toEqual([]);
    await post("/v1/release");
    expect(await launched()).toEqual(["missed"]);
  });

  it("goes on with the runs that were named, and holds the others", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 2; n++) {
      campaign = await makeCampaign(api);
      await haveLaunched(api, campaign);
      ids.push((await runs())[0].id);
    }
    const stopped = await post("/v1/stop", { because: "Which of them was it?" });
    expect(stopped.body.stopped).toBeGreaterThanOrEqual(2);
    const unknown = () => post("/v1/release", { only: [campaign.id] });
    await expectRefused(api, unknown, { status: 422, code: "run.unknown", path: "only[0]" });
    const released = await post("/v1/release", { only: [ids[0]] });
    expect(released.body).toEqual({ released: true, held: stopped.body.stopped - 1 });
    expect((await runs())[0]).toMatchObject({ state: "held", stateBecause: "Everything was released but this." });
    expect((await post(`/v1/campaigns/${campaign.id}/resume`)).body.run.state).toBe("sending");
  });
});

describe("D13: what is going out", () => {
  it("keeps its words: campaign and copy are refused with 409, and nothing is changed", async () => {
    campaign = await makeCampaign(api);
    await haveLaunched(api, campaign);
    const [variant] = (await api.ask("GET", `/v1/campaigns/${campaign.id}/variants`)).body.items;
    const { version } = await read();
    const headers = { "if-match": `"${version}"` };
    const body = { contents: { sms: { text: "Other words: {{link:shop}}" } }, revision: variant.revision };
    const changes = [
      () => api.ask("PATCH", `/v1/campaigns/${campaign.id}`, { body: { locales: ["en", "zh"] }, headers }),
      () => api.ask("PATCH", `/v1/variants/${variant.id}`, { body }),
      () => post(`/v1/variants/${variant.id}/rewrite`),
      () => post(`/v1/campaigns/${campaign.id}/plan`),
    ];
    for (const change of changes) {
      const answer = await expectRefused(api, change, { status: 409, code: "campaign.state" });
      expect(answer.body.state).toBe("scheduled");
    }
  });
});
