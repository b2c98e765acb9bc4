/** The operators' page over HTTP: who gets in, what is shown to whom, and what a foreign page cannot do. */
import { randomUUID } from "node:crypto";
import { openOpsNotes } from "@chorus/core/ops-link";
import { findKey, revokeKey } from "@chorus/db/keys";
import { migrateQueue } from "@chorus/queue/connect";
import { openProducer } from "@chorus/queue/producer";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Ask, type Json, openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, haveLaunched, makeCampaign, openId } from "./test-campaign.ts";

let api: TestApi;
let run: string;
let contacts: string[];

beforeAll(async () => {
  api = await openTestApi();
  await migrateQueue(api.databaseUrl);
  contacts = await addContacts(api, 3);
  const campaign = await makeCampaign(api, { name: "Spring <b>& more</b>" });
  await haveLaunched(api, campaign);
  run = (await api.ask("GET", `/v1/campaigns/${campaign.id}/runs`)).body.items[0].id;
});
afterAll(() => api.close());

const form = { "content-type": "application/x-www-form-urlencoded" };
const look = (path: string, of: Ask = {}) => api.ask("GET", path, of);
const post = (path: string, of: Ask = {}) =>
  api.ask("POST", path, { ...of, headers: { ...form, origin: api.url, ...of.headers }, body: of.body ?? "x=1" });
const noteFor = async (purpose: "link" | "session", key = api.keys.operator, inMs = 60_000) => {
  const found = await findKey(api.db, key);
  if (found.is !== "valid") throw new Error(found.is);
  const until = new Date(Date.now() + inMs);
  return openOpsNotes(api.installationKey).write(purpose, { keyId: found.caller.keyId, until });
};
const stateOf = async () =>
  (await api.db.sql.query("select state from run where id = $1", [openId(api, "run", run)])).rows[0]?.state;

describe("the door", () => {
  it.each(["/ops", "/ops/messages?q=a", `/ops/messages/msg_1`, "/ops/queues", "/ops/queues/api/queues"])(
    "shows %s to nobody without a key, only the form for one",
    async (path) => {
      const answer = await look(path, { as: "nobody" });
      expect(answer.status).toBe(401);
      expect(answer.text).toContain('action="/ops/enter"');
      expect(answer.text).not.toContain("Spring");
    },
  );

  it("opens by the printed link, which leaves a cookie that scripts and other sites cannot use", async () => {
    const answer = await look(`/ops?link=${await noteFor("link")}`, { as: "nobody" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/ops"]);
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^chorus_ops=[^;]+; Path=\/ops; Max-Age=43200; HttpOnly; SameSite=Strict/);
    const inside = await look("/ops", { as: "nobody", headers: { cookie: cookie.split(";")[0] ?? "" } });
    expect(inside.status).toBe(200);
    expect(inside.text).toContain("Spring &lt;b&gt;&amp; more&lt;/b&gt;");
    expect(inside.headers.get("content-security-policy")).toContain(
      "default-src 'none'; style-src 'self'; script-src 'self'",
    );
  });

  it("opens by a key typed into the form, and not by a wrong one", async () => {
    const right = await post("/ops/enter", { as: "nobody", body: `key=${api.keys.operator}` });
    expect([right.status, right.headers.get("location")]).toEqual([303, "/ops"]);
    expect((await post("/ops/enter", { as: "nobody", body: "key=chorus_wrong" })).status).toBe(401);
  });

  it("stays shut for a link that is old, forged or a session's, and closes when its key is revoked", async () => {
    const links = [await noteFor("link", api.keys.operator, -1_000), await noteFor("session"), "1.9999999999.x"];
    for (const link of links) expect((await look(`/ops?link=${link}`, { as: "nobody" })).status).toBe(401);
    const other = await api.openWorkspace();
    const cookie = `chorus_ops=${await noteFor("session", other.keys.operator)}`;
    expect((await look("/ops", { as: "nobody", headers: { cookie } })).status).toBe(200);
    const found = await findKey(api.db, other.keys.operator);
    if (found.is === "valid") await revokeKey(api.db, { workspaceId: other.id, id: found.caller.keyId });
    expect((await look("/ops", { as: "nobody", headers: { cookie } })).status).toBe(401);
  });
});

describe("what is shown", () => {
  it("is the lanes, runs, workers, queues and doubts of the caller's workspace", async () => {
    const { text } = await look("/ops", { as: "operator" });
    for (const words of ["due now", "email", "marketing", "Lanes", "Workers", "Providers", "In doubt", "sending"])
      expect(text).toContain(words);
    expect(text).toContain(`/ops/runs/${run}/pause`);
  });

  it("is what an account may be given in a second", async () => {
    const { keys } = await api.openWorkspace();
    const settings = { url: "smtp://127.0.0.1:2600", perSecond: 12.5 };
    await api.ask("PUT", "/v1/accounts/email", { key: keys.owner, body: { provider: "smtp", settings } });
    const { text } = await look("/ops", { key: keys.owner });
    expect(text).toContain("At most 12.5 a second (account), over all workers.");
  });

  it("is never another workspace's", async () => {
    const other = await api.openWorkspace();
    const key = other.keys.owner;
    const [message] = (await api.ask("GET", `/v1/messages?run=${run}`)).body.items;
    expect((await look("/ops", { key })).text).not.toContain("Spring");
    for (const words of ["c0@example.com", contacts[0] ?? "", message.id, "c-0", run])
      expect((await look(`/ops/messages?q=${encodeURIComponent(words)}`, { key })).text).toContain("Nothing was found");
    expect((await look(`/ops/messages/${message.id}`, { key })).status).toBe(404);
    expect((await post(`/ops/runs/${run}/pause`, { key })).status).toBe(404);
    await post("/ops/stop", { key, body: "because=a+try" });
    expect(await stateOf()).toBe("sending");
  });

  it("finds a message by address, by the contact's own id, by its id and by words of an error", async () => {
    const [mail] = (await api.ask("GET", `/v1/messages?run=${run}&channel=email&contact=${contacts[0]}`)).body.items;
    await api.db.sql.query(
      `insert into attempt (run_id, message_id, attempt, outcome, detail)
       select run_id, id, 1, 'deferred', '450 greylisted, 100% <later>' from message
        where run_id = $1 and contact_id = $2 and channel_no = $3`,
      [openId(api, "run", run), openId(api, "contact", contacts[0] ?? ""), api.db.channels.noOf("email")],
    );
    for (const words of ["c0@example.com", "c-0", mail.id, "GREYLISTED", "100%"])
      expect((await look(`/ops/messages?q=${encodeURIComponent(words)}`)).text, words).toContain(mail.id);
    const items = async (query: string) => (await api.ask("GET", `/v1/messages?${query}`)).body.items as Json[];
    expect((await items("error=greylisted")).map((each) => each.id)).toEqual([mail.id]);
    expect((await items(`id=${mail.id}`)).map((each) => each.id)).toEqual([mail.id]);
    expect((await items("externalId=c-0")).map((each) => each.channel).sort()).toEqual(["email", "sms"]);
    expect(await items("error=10%25_percent")).toEqual([]);
    const history = await look(`/ops/messages/${mail.id}`);
    expect(history.text).toContain("450 greylisted, 100% &lt;later&gt;");
  });
});

describe("the levers", () => {
  it.each([
    ["no origin", { origin: "" }],
    ["another site's origin", { origin: "https://evil.example" }],
    ["a page that hides where it is", { origin: "null" }],
  ])("are refused to a request with %s, whoever sends it", async (_what, headers) => {
    for (const path of ["/ops/stop", `/ops/runs/${run}/pause`, "/ops/enter"])
      expect((await post(path, { headers, body: `because=x&key=${api.keys.owner}` })).status).toBe(403);
    const pause = await api.ask("PUT", "/ops/queues/api/queues/send/pause", { headers });
    expect(pause.status).toBe(403);
    expect(await stateOf()).toBe("sending");
  });

  it("pause and resume a run, once by whoever may, and write down who did", async () => {
    expect((await post(`/ops/runs/${run}/pause`, { as: "approver" })).status).toBe(303);
    expect(await stateOf()).toBe("paused");
    expect((await post(`/ops/runs/${run}/resume`, { as: "approver" })).status).toBe(403);
    expect((await post(`/ops/runs/${run}/resume`, { as: "operator" })).status).toBe(303);
    expect(await stateOf()).toBe("sending");
    const { rows } = await api.db.sql.query("select action from audit where action like 'run.%' order by id");
    expect(rows.map((row) => row.action)).toEqual(["run.pause", "run.resume"]);
  });

  it("stop everything with a reason, and release it again", async () => {
    expect((await post("/ops/stop", { body: "because=" })).status).toBe(400);
    await post("/ops/stop", { body: "because=a+wrong+price" });
    expect((await api.ask("GET", "/v1/stop")).body.stop).toMatchObject({ because: "a wrong price" });
    expect((await look("/ops")).text).toMatch(/Everything is stopped[\s\S]*a wrong price/);
    await post("/ops/release");
    expect((await api.ask("GET", "/v1/stop")).body).toEqual({ stop: null });
  });
});

describe("the imports", () => {
  it("stand on the page with what became of them, a stopped one too", async () => {
    const headers = { "content-type": "text/csv" };
    await api.ask("POST", "/v1/imports/contacts", {
      body: "external_id,email\nx1,x1@example.com\nx2,nobody\n",
      headers,
    });
    await api.db.sql.query("insert into import (workspace_id, kind, state) values ($1, 'products', 'stopped')", [
      api.id,
    ]);
    const imports = /<section id="imports"[\s\S]*?<\/section>/.exec((await look("/ops")).text)?.[0];
    expect(imports).toMatch(/products[\s\S]*stopped[\s\S]*contacts[\s\S]*finished/);
  });
});

describe("the board", () => {
  it("lists the queues, loads nothing from elsewhere, and lets an operator in", async () => {
    const page = await look("/ops/queues", { as: "operator" });
    expect(page.status).toBe(200);
    expect(page.text).not.toContain("googleapis");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const { body } = await look("/ops/queues/api/queues", { as: "operator" });
    expect(body.queues.map((queue: Json) => queue.name).sort()).toEqual(["expand", "plan", "send", "urgent", "write"]);
  });

  it.skipIf(!inject("redisUrl"))("shows a queue that lives in Redis just as well", async () => {
    const queueUrl = `${inject("redisUrl")}?prefix=board-${randomUUID().slice(0, 8)}`;
    const onRedis = await openTestApi({ QUEUE_URL: queueUrl });
    const producer = openProducer({ url: queueUrl });
    try {
      await producer.knock("expandAudience", { runId: "78" });
      const path = "/ops/queues/api/queues?activeQueue=expand&status=waiting&page=1";
      const { body } = await onRedis.ask("GET", path, { as: "operator" });
      const expand = body.queues.find((queue: Json) => queue.name === "expand");
      expect(expand.jobs).toMatchObject([{ name: "audience.expand", data: { runId: "78" } }]);
    } finally {
      await producer.close();
      await onRedis.close();
    }
  });

  it("holds jobs of ids alone", async () => {
    const producer = openProducer({ url: api.databaseUrl });
    await producer.knock("expandAudience", { runId: "77" });
    await producer.close();
    const { body } = await look("/ops/queues/api/queues?activeQueue=expand&status=waiting&page=1", { as: "operator" });
    const [job] = body.queues
      .find((queue: Json) => queue.name === "expand")
      .jobs.filter((each: Json) => each.id.startsWith("expand-77."));
    expect(job.data).toEqual({ runId: "77" });
  });

  it("changes nothing for a role that may not launch", async () => {
    const headers = { "content-type": "application/json" };
    const pause = (as: "approver" | "operator") =>
      api.ask("PUT", "/ops/queues/api/queues/send/pause", { as, headers: { ...headers, origin: api.url }, body: {} });
    expect((await pause("approver")).status).toBe(403);
    expect((await pause("operator")).status).toBe(200);
  });
});
