import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Json, openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, haveLaunched, makeCampaign, openId } from "./test-campaign.ts";

let api: TestApi;
let contacts: string[];
let run: string;

beforeAll(async () => {
  api = await openTestApi();
  contacts = await addContacts(api, 5);
  contacts.push(...(await addContacts(api, 2, { consents: { email: "granted" } })));
  const campaign = await makeCampaign(api);
  await haveLaunched(api, campaign);
  run = (await api.ask("GET", `/v1/campaigns/${campaign.id}/runs`)).body.items[0].id;
});
afterAll(() => api.close());

const search = (query: Record<string, string>) => api.ask("GET", `/v1/messages?${new URLSearchParams(query)}`);
const found = async (query: Record<string, string>): Promise<Json[]> => (await search(query)).body.items;
const codes = (body: Json): string[] => body.errors.map((each: Json) => each.code);

describe("finding messages", () => {
  it("by contact shows each channel's, sent or not, with the reason", async () => {
    const items = await found({ contact: contacts[5] ?? "" });
    expect(items.map((each) => [each.channel, each.state, each.reason]).sort()).toEqual([
      ["email", "waiting", null],
      ["sms", "skipped", "no_consent"],
    ]);
    expect(items.every((each) => each.contactId === contacts[5] && each.runId === run)).toBe(true);
  });

  it("by address, in whatever form it is typed, on the channels that can read it", async () => {
    const [mail] = await found({ address: " C0@Example.com " });
    expect(mail).toMatchObject({ channel: "email", contactId: contacts[0] });
    const [text] = await found({ address: "+44 7946 010000" });
    expect(text).toMatchObject({ channel: "sms", contactId: contacts[0] });
    expect(await found({ address: "stranger@example.com" })).toEqual([]);
  });

  it("by state, reason, channel and run, each narrowing the other", async () => {
    expect(await found({ state: "skipped" })).toHaveLength(2);
    expect(await found({ reason: "no_consent", channel: "sms", run })).toHaveLength(2);
    expect(await found({ reason: "no_consent", channel: "email" })).toEqual([]);
    expect(await found({ state: "waiting", channel: "email" })).toHaveLength(7);
  });

  it("comes in pages that neither overlap nor skip", async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Json = (await search({ run, limit: "4", ...(cursor ? { cursor } : {}) })).body;
      expect(page.items.length).toBeLessThanOrEqual(4);
      seen.push(...page.items.map((each: Json) => each.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toHaveLength(14);
    expect(new Set(seen).size).toBe(14);
    expect(seen).toEqual((await found({ run, limit: "200" })).map((each) => each.id));
  });

  it("row 24: takes a cursor only for the search it came from", async () => {
    const { nextCursor } = (await search({ run, limit: "4" })).body;
    for (const query of [
      { cursor: nextCursor, state: "waiting" },
      { run, cursor: `${nextCursor}A` },
    ] as Record<string, string>[]) {
      const answer = await search(query);
      expect([answer.status, codes(answer.body)]).toEqual([400, ["cursor.invalid"]]);
    }
  });

  it.each([
    ["a state there is not", { state: "sent" }, "value.unknown"],
    ["a channel there is not", { channel: "fax" }, "channel.unknown"],
    ["an address that is none", { address: "nobody" }, "address.unreadable"],
    ["an id of another kind", { contact: "cmp_00000000000000000000000000" }, "id.invalid"],
    ["a filter nobody knows", { reazon: "no_consent" }, "field.unknown"],
    ["a page that is too long", { limit: "201" }, "value.too_big"],
    ["row 9: text that is no text", { reason: "a\u0000b" }, "text.encoding"],
  ])("refuses %s", async (_what, query, code) => {
    const answer = await search(query);
    expect([answer.status, codes(answer.body)]).toEqual([400, [code]]);
  });

  it("shows nothing of another workspace", async () => {
    const other = await api.openWorkspace();
    const [message] = await found({ run });
    const ask = (path: string) => api.ask("GET", path, { key: other.keys.owner });
    expect((await ask("/v1/messages")).body.items).toEqual([]);
    for (const query of [`run=${run}`, `contact=${contacts[0]}`, "address=c0@example.com"])
      expect((await ask(`/v1/messages?${query}`)).body.items).toEqual([]);
    expect((await ask(`/v1/messages/${message?.id}`)).status).toBe(404);
  });

  it("counts what is still open of a cancelled run as cancelled at once, like its books", async () => {
    const campaign = await makeCampaign(api, { channels: ["email"] });
    await haveLaunched(api, campaign);
    const runs = await api.ask("GET", `/v1/campaigns/${campaign.id}/runs`);
    const id = runs.body.items[0].id;
    await api.ask("POST", `/v1/campaigns/${campaign.id}/cancel`);
    expect(await found({ run: id, state: "waiting" })).toEqual([]);
    expect(await found({ run: id, state: "cancelled" })).toHaveLength(7);
    expect((await api.ask("GET", `/v1/campaigns/${campaign.id}/report`)).body.books.cancelled).toBe(7);
  });
});

describe("one message", () => {
  it("shows from when it may go and until when it is worth sending", async () => {
    const [message] = await found({ state: "waiting", channel: "email", run });
    const { body } = await api.ask("GET", `/v1/messages/${message?.id}`);
    expect(body).toMatchObject({ ...message, attempts: [], events: [], doubts: [], clicks: [] });
    expect(Date.parse(body.due.expiresAt)).toBeGreaterThan(Date.parse(body.due.notBefore));
  });

  it("tells its whole story, in order", async () => {
    const [message] = await found({ contact: contacts[1] ?? "", channel: "email", run });
    const { rows } = await api.db.sql.query(
      "select run_id, id from message where contact_id = $1 and channel_no = $2 and run_id = $3",
      [openId(api, "contact", contacts[1] ?? ""), api.db.channels.noOf("email"), openId(api, "run", run)],
    );
    const { run_id: runId, id } = rows[0];
    const worker = (
      await api.db.sql.query("insert into worker (name, alive_until) values ('host:1', chorus_now()) returning id")
    ).rows[0]?.id;
    await api.db.sql.query(
      "insert into attempt (run_id, message_id, attempt, outcome, detail, worker_id) values ($1, $2, 1, 'deferred', '451 later', $3), ($1, $2, 2, 'in_doubt', 'no answer', $3)",
      [runId, id, worker],
    );
    await api.db.sql.query(
      "insert into doubt (run_id, message_id, attempt, channel_no, worker_id, detail) values ($1, $2, 2, $3, $4, 'no answer')",
      [runId, id, api.db.channels.noOf("email"), worker],
    );
    await api.db.sql.query("insert into click (run_id, message_id, link) values ($1, $2, 1)", [runId, id]);
    const { body } = await api.ask("GET", `/v1/messages/${message?.id}`);
    expect(body.attempts.map((each: Json) => [each.attempt, each.outcome, each.detail, each.worker])).toEqual([
      [1, "deferred", "451 later", "host:1"],
      [2, "in_doubt", "no answer", "host:1"],
    ]);
    expect(body.doubts).toMatchObject([{ attempt: 2, worker: "host:1", detail: "no answer", resolution: null }]);
    expect(body.clicks).toMatchObject([{ link: 1 }]);
    const doubts = (await api.ask("GET", `/v1/runs/${run}/doubts`)).body.items;
    expect(doubts).toMatchObject([
      { messageId: message?.id, channel: "email", attempt: 2, worker: "host:1", resolution: null },
    ]);
  });

  it("is not found by an id that nobody sealed", async () => {
    for (const id of ["msg_00000000000000000000000000", "msg_1", contacts[0]])
      expect((await api.ask("GET", `/v1/messages/${id}`)).status).toBe(404);
  });
});
