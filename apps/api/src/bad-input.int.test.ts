import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Json, openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, approve, haveLaunched, haveWritten, makeCampaign } from "./test-campaign.ts";
import { expectRefused } from "./test-refusal.ts";

let api: TestApi;
let approved: Json;
beforeAll(async () => {
  api = await openTestApi();
  await addContacts(api, 3);
  approved = await makeCampaign(api);
  await haveWritten(api, approved);
  await approve(api, approved);
});
afterAll(() => api.close());

const segment = { name: "Everyone", rule: { is: "everyone" } };
const post = (path: string, body: unknown, headers?: Record<string, string>) => () =>
  api.ask("POST", path, { body, headers });
const refuses = (body: unknown, expected: Parameters<typeof expectRefused>[2], headers?: Record<string, string>) =>
  expectRefused(api, post("/v1/segments", body, headers), expected);

describe("a body that cannot be read", () => {
  test("3a.1 malformed JSON gets 400 json.invalid with line and column", async () => {
    const answer = await refuses('{\n  "name": "x",\n  "rule" 1\n}', { status: 400, code: "json.invalid" });
    expect(answer.body.errors[0].message).toContain("line 3, column 10");
    await refuses("", { status: 400, code: "json.invalid", path: "" }, { "content-type": "application/json" });
    await refuses('{"name":"a"} {}', { status: 400, code: "json.invalid" });
  });

  test("3a.2 a key that stands twice gets 400 json.duplicate_key, however deep", async () => {
    const top = '{"name":"a","name":"b","rule":{"is":"everyone"}}';
    await refuses(top, { status: 400, code: "json.duplicate_key", path: "name" });
    const deep = '{"name":"a","rule":{"is":"everyone","\\u0069s":"nobody"}}';
    await refuses(deep, { status: 400, code: "json.duplicate_key", path: "rule.is" });
  });

  test.each(["__proto__", "constructor", "prototype"])("3a.3 the key %s gets 400 field.unknown", async (key) => {
    await refuses(`{"name":"a","rule":{"is":"everyone"},"${key}":{"x":1}}`, {
      ...{ status: 400, code: "field.unknown", path: key },
    });
    expect(({} as Json).x).toBeUndefined();
  });

  test("3a.4 an unknown field gets 400 field.unknown with the nearest name", async () => {
    const body = { ...segment, desciption: "x" };
    const top = await refuses(body, { status: 400, code: "field.unknown", path: "desciption" });
    expect(top.body.errors[0].message).toContain('"description"');
    const measure = { is: "activity", kind: "purchase", measure: "count", op: "gte", value: 1, withinDay: 3 };
    const rule = { is: "all", of: [measure] };
    const expected = { status: 400, code: "field.unknown", path: "rule.of[0].withinDay" };
    const deep = await refuses({ ...segment, rule }, expected);
    expect(deep.body.errors[0].message).toContain('"withinDays"');
    const query = await expectRefused(api, () => api.ask("GET", "/v1/contacts?limits=3"), {
      ...{ status: 400, code: "field.unknown", path: "limits" },
    });
    expect(query.body.errors[0].message).toContain('"limit"');
    const schedule = post(`/v1/campaigns/${approved.id}/schedule`, { shedule_at: "now" });
    await expectRefused(api, schedule, { status: 400, code: "field.missing", path: "at" });
  });

  test("3a.5 a body over 1 MB gets 413, pointing to imports", async () => {
    const body = { ...segment, description: "x".repeat(1_100_000) };
    const answer = await refuses(body, { status: 413, code: "body.too_large", path: "" });
    expect(answer.body.detail).toContain("/v1/imports");
  });

  test.each([
    ["contacts", "/v1/contacts", "/v1/imports/contacts", { externalId: "x" }],
    ["products", "/v1/products", "/v1/imports/products", { sku: "x" }],
    ["events", "/v1/activity", "/v1/imports/activity", { eventId: "x" }],
  ])(
    "3a.5 more than 500 %s in one body get 413, pointing to the import that takes them",
    async (list, path, to, one) => {
      const many = post(path, { [list]: Array.from({ length: 1_001 }, () => one) });
      const answer = await expectRefused(api, many, { status: 413, code: "list.too_long", path: list });
      expect(answer.body.detail).toContain(`POST ${to} `);
    },
  );

  test("3a.6 nesting of 10,000 and a list of 400,000 get 400 before they are built", async () => {
    const deep = `{"name":"a","rule":${'{"is":"not","of":'.repeat(10_000)}1${"}".repeat(10_000)}}`;
    await refuses(deep, { status: 400, code: "json.too_deep" });
    await refuses("[".repeat(1_000_000), { status: 400, code: "json.too_deep" });
    await refuses(`{"name":[${"1,".repeat(400_000)}1]}`, { status: 400, code: "json.too_long", path: "name" });
    await refuses(`[${"1,".repeat(1_000_000)}1]`, { status: 413, code: "body.too_large" });
  });

  test.each([
    ["text/plain", "name=x"],
    ["application/x-www-form-urlencoded", "name=x"],
    ["multipart/form-data; boundary=x", "--x--"],
    ["application/xml", "<a/>"],
    ["nonsense", "{}"],
  ])("3a.7 the Content-Type %s gets 415", async (type, body) => {
    await refuses(body, { status: 415, code: "content_type.unsupported" }, { "content-type": type });
  });

  test.each(["gzip", "deflate", "br", "identity, gzip"])(
    "3a.7 a body in %s gets 415 before one byte of it is inflated",
    async (encoding) => {
      const bomb = new Uint8Array(gzipSync(Buffer.alloc(50_000_000)));
      await refuses(bomb, { status: 415, code: "content_encoding.unsupported" }, { "content-encoding": encoding });
    },
  );

  test.each([
    ["1e400", "number.range"],
    ["9007199254740993", "number.range"],
    ["-9007199254740993", "number.range"],
    ["NaN", "json.invalid"],
    ["Infinity", "json.invalid"],
    ["01", "json.invalid"],
  ])("3a.8 the number %s gets 400 %s", async (written, code) => {
    const body = `{"name":"a","rule":{"is":"field","field":"x","op":"eq","value":${written}}}`;
    await refuses(body, { status: 400, code });
  });

  test("3a.8 an id given as a number gets 400: ids are text", async () => {
    const campaign = post("/v1/campaigns", { name: "x", segments: [7] });
    const { body } = await expectRefused(api, campaign, { status: 400, code: "field.missing" });
    expect(body.errors).toContainEqual(expect.objectContaining({ path: "segments[0]", code: "type.string" }));
  });

  test.each([
    ["a NUL", '{"name":"a\\u0000b","rule":{"is":"everyone"}}', "name"],
    ["a lone surrogate", '{"name":"\\ud83d","rule":{"is":"everyone"}}', "name"],
    ["a surrogate in a key", '{"\\udc00":1}', ""],
    ["a NUL deep inside", '{"name":"a","rule":{"is":"field","field":"\\u0000","op":"eq","value":1}}', "rule.field"],
  ])("3a.9 %s gets 400 text.encoding at its path", async (_what, body, path) => {
    await refuses(body, { status: 400, code: "text.encoding", path });
  });

  test("3a.9 bytes that are not UTF-8 get 400 text.encoding, in the body and in the address", async () => {
    const body = new Uint8Array([...Buffer.from('{"name":"'), 0xff, ...Buffer.from('","rule":{"is":"everyone"}}')]);
    await refuses(body, { status: 400, code: "text.encoding", path: "" });
    const inQuery = () => api.ask("GET", "/v1/contacts?q=%00");
    await expectRefused(api, inQuery, { status: 400, code: "text.encoding", path: "q" });
    const inPath = () => api.ask("GET", "/v1/contacts/%00");
    await expectRefused(api, inPath, { status: 400, code: "text.encoding", path: "id" });
  });
});

describe("when a campaign goes out", () => {
  const schedule = (body: unknown) => post(`/v1/campaigns/${approved.id}/schedule`, body);
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

  test.each([
    { at: "now", cron: "0 9 * * *" },
    { run_at: "2027-03-01T09:00:00Z", cron: "0 9 * * *" },
  ])("3a.18 %j, a moment and a rule, gets 400 schedule.ambiguous", async (body) => {
    await expectRefused(api, schedule(body), { status: 400, code: "schedule.ambiguous", path: "cron" });
  });

  test("3a.18 a rule alone is not taken yet, and says what is", async () => {
    const expected = { status: 400, code: "schedule.unsupported", path: "cron" };
    const answer = await expectRefused(api, schedule({ cron: "0 9 * * *" }), expected);
    expect(answer.body.detail).toContain('"at"');
  });

  test.each(["2027-03-01T09:00:00", "2027-03-01", "tomorrow", "2027-13-01T09:00:00Z", ""])(
    "3a.19 the moment %j without an offset gets 400 time.offset_required",
    async (at) => {
      await expectRefused(api, schedule({ at }), { status: 400, code: "time.offset_required", path: "at" });
    },
  );

  test.each([-6, -60 * 24 * 365])("3a.20 %d minutes from now is past and gets 422 time.past", async (minutes) => {
    const at = inMinutes(minutes);
    const answer = await expectRefused(api, schedule({ at }), { status: 422, code: "time.past", path: "at" });
    expect(answer.body.errors[0].got).toBe(at);
  });

  test.each(["9999-12-31T23:59:59Z", new Date(Date.now() + 401 * 86_400_000).toISOString()])(
    "3a.21 %s is beyond 400 days and gets 422 time.too_far",
    async (at) => {
      await expectRefused(api, schedule({ at }), { status: 422, code: "time.too_far", path: "at" });
    },
  );

  test("3a.20 four minutes ago is now, and 3a.21 399 days ahead is taken", async () => {
    const far = inMinutes(399 * 24 * 60);
    const ahead = await schedule({ at: far })();
    expect(ahead.body).toMatchObject({ state: "scheduled", scheduledAt: far });
    const late = await schedule({ at: inMinutes(-4) })();
    expect(late.status).toBe(200);
    expect(Math.abs(Date.parse(late.body.scheduledAt) - Date.now())).toBeLessThan(60_000);
  });
});

describe("what is over", () => {
  test("3a.22 a cancelled campaign gets 409 with its state for every step", async () => {
    const campaign = await makeCampaign(api);
    const cancelled = await api.ask("POST", `/v1/campaigns/${campaign.id}/cancel`);
    expect(cancelled.body.campaign.state).toBe("cancelled");
    const seen = { contentHash: "0".repeat(64), audienceSize: 3 };
    const steps = { plan: undefined, approve: seen, schedule: { at: "now" }, pause: undefined, resume: undefined };
    for (const [step, body] of Object.entries({ ...steps, cancel: undefined })) {
      const ask = post(`/v1/campaigns/${campaign.id}/${step}`, body);
      const { body: problem } = await expectRefused(api, ask, { status: 409, code: expect.any(String) as never });
      expect(problem.state ?? problem.errors[0].got, step).toBe("cancelled");
    }
    const { version } = (await api.ask("GET", `/v1/campaigns/${campaign.id}`)).body;
    const headers = { "if-match": `"${version}"` };
    const change = () => api.ask("PATCH", `/v1/campaigns/${campaign.id}`, { body: { channels: ["email"] }, headers });
    const { body } = await expectRefused(api, change, { status: 409, code: "campaign.state" });
    expect(body.state).toBe("cancelled");
  });

  test("3a.22 a cancelled run gets 409 with its state for every lever", async () => {
    const campaign = await makeCampaign(api);
    await haveLaunched(api, campaign);
    const cancelled = await api.ask("POST", `/v1/campaigns/${campaign.id}/cancel`);
    const { state } = cancelled.body.run;
    expect(["cancelling", "cancelled"]).toContain(state);
    for (const lever of ["pause", "resume"]) {
      const ask = post(`/v1/campaigns/${campaign.id}/${lever}`, undefined);
      const { body } = await expectRefused(api, ask, { status: 409, code: "run.state", path: "run.state" });
      expect(body.state).toBe(state);
    }
  });
});
