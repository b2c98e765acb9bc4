import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { createKey, revokeKey } from "@chorus/db/keys";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestApi, type TestApi } from "./test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const segment = { name: "Everyone", rule: { is: "everyone" } };

describe("a request body", () => {
  test("1: malformed JSON is answered with its line and column", async () => {
    const answer = await api.ask("POST", "/v1/segments", { body: '{\n  "name": "x",\n  "rule" 1\n}' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({
      type: "urn:chorus:problem:bad_request",
      status: 400,
      errors: [{ code: "json.invalid", message: expect.stringContaining("line 3, column 10") }],
      requestId: answer.headers.get("x-request-id"),
    });
  });

  test.each([
    ["2", '{"name":"a","name":"b","rule":{"is":"everyone"}}', "json.duplicate_key", "name"],
    ["3", '{"name":"a","rule":{"is":"everyone"},"__proto__":{"x":1}}', "field.unknown", "__proto__"],
    ["3", '{"name":"a","rule":{"is":"everyone"},"constructor":1}', "field.unknown", "constructor"],
    ["6", `{"name":"a","rule":${'{"is":"not","of":'.repeat(5_000)}1${"}".repeat(5_000)}}`, "json.too_deep", undefined],
    ["8", '{"name":"a","rule":{"is":"field","field":"x","op":"eq","value":1e400}}', "number.range", "rule.value"],
    ["9", '{"name":"a\\u0000b","rule":{"is":"everyone"}}', "text.encoding", "name"],
    ["9", '{"name":"\\ud83d","rule":{"is":"everyone"}}', "text.encoding", "name"],
    ["16", '{"name":{"path":"/etc/passwd"},"rule":{"is":"everyone"}}', "type.string", "name"],
  ])("%s: %s", async (_row, body, code, path) => {
    const answer = await api.ask("POST", "/v1/segments", { body });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0]).toMatchObject(path === undefined ? { code } : { code, path });
  });

  test("4: an unknown field is refused, with the nearest known name", async () => {
    const top = await api.ask("POST", "/v1/segments", { body: { ...segment, desciption: "x" } });
    expect(top.body.errors).toEqual([
      { path: "desciption", code: "field.unknown", message: expect.stringContaining('"description"') },
    ]);
    const rule = {
      is: "all",
      of: [{ is: "activity", kind: "purchase", measure: "count", op: "gte", value: 1, withinDay: 3 }],
    };
    const deep = await api.ask("POST", "/v1/segments", { body: { ...segment, rule } });
    expect(deep.body.errors).toEqual([
      { path: "rule.of[0].withinDay", code: "field.unknown", message: expect.stringContaining('"withinDays"') },
    ]);
    const query = await api.ask("GET", "/v1/contacts?limits=3");
    expect(query.body.errors[0]).toMatchObject({ path: "limits", message: expect.stringContaining('"limit"') });
  });

  test("4: an unknown kind of rule is told which there are", async () => {
    const answer = await api.ask("POST", "/v1/segments", { body: { ...segment, rule: { is: "purchases", value: 3 } } });
    expect(answer.body.errors).toEqual([
      { path: "rule.is", code: "value.unknown", message: expect.stringContaining("activity") },
    ]);
  });

  test("5: more than a megabyte is refused and pointed to imports", async () => {
    const answer = await api.ask("POST", "/v1/segments", { body: { ...segment, description: "x".repeat(1_100_000) } });
    expect(answer.status).toBe(413);
    expect(answer.body.detail).toContain("/v1/imports");
  });

  test.each([
    ["text/plain", "name=x"],
    ["application/x-www-form-urlencoded", "name=x"],
    ["application/xml", "<a/>"],
  ])("7: %s is not what this takes", async (type, body) => {
    const answer = await api.ask("POST", "/v1/segments", { body, headers: { "content-type": type } });
    expect(answer.status).toBe(415);
    expect(answer.body.errors[0].code).toBe("content_type.unsupported");
  });

  test("7: a compressed body is refused before it is inflated", async () => {
    const body = new Uint8Array(gzipSync(Buffer.alloc(50_000_000)));
    const answer = await api.ask("POST", "/v1/segments", { body, headers: { "content-encoding": "gzip" } });
    expect(answer.status).toBe(415);
  });

  test("9: bytes that are not UTF-8 are refused", async () => {
    const body = new Uint8Array([...Buffer.from('{"name":"'), 0xff, ...Buffer.from('","rule":{"is":"everyone"}}')]);
    const answer = await api.ask("POST", "/v1/segments", { body });
    expect(answer.body.errors[0].code).toBe("text.encoding");
    const query = await api.ask("GET", "/v1/contacts?q=%00");
    expect(query.body.errors[0]).toMatchObject({ path: "q", code: "text.encoding" });
  });

  test("several things wrong are all named at once", async () => {
    const answer = await api.ask("POST", "/v1/segments", { body: { name: "", rul: 1 } });
    const codes = answer.body.errors.map((each: { path: string; code: string }) => `${each.path} ${each.code}`);
    expect(codes.sort()).toEqual(["name value.too_small", "rul field.unknown", "rule field.missing"]);
  });
});

describe("a key", () => {
  test("15: none, a strange one, a revoked one and an expired one are each told apart", async () => {
    const of = { workspaceId: api.id, personId: api.people.owner, label: "x" };
    const revoked = await createKey(api.db, of);
    await revokeKey(api.db, { workspaceId: api.id, id: revoked.id });
    const expired = await createKey(api.db, { ...of, expiresAt: new Date(Date.now() - 60_000) });
    const unknown = `chorus_${randomBytes(32).toString("base64url")}`;
    const codes: unknown[] = [];
    for (const key of [undefined, "nonsense", unknown, revoked.secret, expired.secret]) {
      const answer = await api.ask("GET", "/v1/segments", { as: "nobody", key });
      expect(answer.status).toBe(401);
      expect(answer.headers.get("www-authenticate")).toContain("Bearer");
      codes.push(answer.body.errors[0].code);
    }
    expect(codes).toEqual(["key.missing", "key.unknown", "key.unknown", "key.revoked", "key.expired"]);
  });

  test("15: one whose person may not is told which role it takes", async () => {
    const answer = await api.ask("POST", "/v1/segments", { as: "approver", body: segment });
    expect(answer.status).toBe(403);
    expect(answer.body.detail).toContain("owner or author or operator");
  });

  test("is kept as a hash only", async () => {
    const { rows } = await api.db.sql.query("select to_jsonb(k)::text as row from api_key k");
    const stored = rows.map(({ row }: { row: string }) => row).join();
    for (const secret of Object.values(api.keys)) expect(stored).not.toContain(secret.slice(14));
  });

  test("14: another workspace's things are as if they were not there", async () => {
    const other = await api.openWorkspace();
    const made = await api.ask("POST", "/v1/segments", { key: other.keys.owner, body: segment });
    const never = made.body.id.replace(/.$/, (letter: string) => (letter === "0" ? "1" : "0"));
    for (const path of ["", "/preview"]) {
      const [theirs, nobodys] = await Promise.all(
        [made.body.id, never].map((id) => api.ask("GET", `/v1/segments/${id}${path}`)),
      );
      expect([theirs?.status, nobodys?.status]).toEqual([404, 404]);
      expect({ ...theirs?.body, requestId: "" }).toEqual({ ...nobodys?.body, requestId: "" });
    }
    const change = await api.ask("PUT", `/v1/segments/${made.body.id}`, { body: { ...segment, name: "Mine" } });
    expect(change.status).toBe(404);
    const still = await api.ask("GET", `/v1/segments/${made.body.id}`, { key: other.keys.owner });
    expect(still.body.name).toBe("Everyone");
  });
});

describe("the API about itself", () => {
  test("describes every keyed route in OpenAPI, with its key and its refusals", async () => {
    const { status, body } = await api.ask("GET", "/openapi.json", { as: "nobody" });
    expect(status).toBe(200);
    const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods as object).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
    );
    expect(operations.map((each) => each.name)).toContain("post /v1/imports/{kind}");
    for (const { name, operation } of operations) {
      expect(operation.security, name).toEqual([{ key: [] }]);
      expect(operation.responses.default.content["application/problem+json"].schema, name).toBeDefined();
      expect(operation.summary, name).toBeTruthy();
    }
  });

  test("shows it to people at /docs", async () => {
    const page = await api.ask("GET", "/docs/", { as: "nobody" });
    expect(page.status).toBe(200);
    expect(page.text).toContain("/openapi.json");
  });

  test("is alive, and usable once database, migrations and queue are", async () => {
    expect((await api.ask("GET", "/healthz", { as: "nobody" })).body).toEqual({ alive: true });
    const ready = await api.ask("GET", "/readyz", { as: "nobody" });
    expect(ready.body).toMatchObject({
      postgres: { usable: true },
      migrations: { usable: true, detail: "all applied" },
    });
    expect(ready.body.queue.detail).toMatch(/^postgres, PostgreSQL 18/);
  });

  test("counts what it answers, by route and never by URL", async () => {
    await api.ask("GET", "/v1/segments/seg_secretsecretsecretsecretse");
    const { text } = await api.ask("GET", "/metrics", { as: "nobody" });
    expect(text).toMatch(
      /chorus_http_request_seconds_count\{method="GET",route="\/v1\/segments\/:id",status="404"\} \d/,
    );
    expect(text).not.toContain("secretsecret");
    for (const name of ["database_up 1", "queue_up", "open_doubts 0", "living_workers", "running_imports 0"])
      expect(text).toContain(`chorus_${name}`);
  });

  test("answers unknown places with a problem too", async () => {
    const answer = await api.ask("GET", "/v2/nothing", { as: "nobody" });
    expect(answer.status).toBe(404);
    expect(answer.body.type).toBe("urn:chorus:problem:not_found");
  });
});
