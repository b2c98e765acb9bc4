import { rolesFor } from "@chorus/core/role";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestApi, type TestApi } from "./test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const segment = { name: "Everyone", rule: { is: "everyone" } };

describe("a request body", () => {
  test("with an unknown kind of rule is told which there are", async () => {
    const answer = await api.ask("POST", "/v1/segments", { body: { ...segment, rule: { is: "purchases", value: 3 } } });
    expect(answer.body.errors).toEqual([
      { path: "rule.is", code: "value.unknown", message: expect.stringContaining("activity") },
    ]);
  });

  test("with an object where text belongs is refused at its path", async () => {
    const answer = await api.ask("POST", "/v1/segments", { body: { ...segment, name: { path: "/etc/passwd" } } });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0]).toMatchObject({ path: "name", code: "type.string" });
  });

  test("with several things wrong has them all named at once", async () => {
    const answer = await api.ask("POST", "/v1/segments", { body: { name: "", rul: 1 } });
    const codes = answer.body.errors.map((each: { path: string; code: string }) => `${each.path} ${each.code}`);
    expect(codes.sort()).toEqual(["name value.too_small", "rul field.unknown", "rule field.missing"]);
  });
});

describe("a key", () => {
  test("is kept as a hash only", async () => {
    const { rows } = await api.db.sql.query("select to_jsonb(k)::text as row from api_key k");
    const stored = rows.map(({ row }: { row: string }) => row).join();
    for (const secret of Object.values(api.keys)) expect(stored).not.toContain(secret.slice(14));
  });
});

describe("the API about itself", () => {
  test("describes every keyed route in OpenAPI, with its key, the roles that may use it, and its refusals", async () => {
    const { status, headers, body } = await api.ask("GET", "/openapi.json", { as: "nobody" });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toContain("application/json");
    expect(body.openapi).toBe("3.1.0");
    const keyed = api.routes.filter((route) => route.url.startsWith("/v1/") && route.method !== "HEAD");
    for (const { method, url, needs } of keyed) {
      const name = `${method} ${url}`;
      const operation = body.paths[url.replace(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
      expect(operation, name).toBeDefined();
      expect(operation.security, name).toEqual([{ key: [] }]);
      expect(operation.responses.default.content["application/problem+json"].schema, name).toBeDefined();
      expect(operation.summary, name).toBeTruthy();
      expect(operation.description, name).toContain(needs && rolesFor(needs).join(", "));
    }
    const described = Object.values(body.paths).flatMap((methods) => Object.keys(methods as object));
    expect(described).toHaveLength(keyed.length);
  });

  test.each([
    "application/problem+json",
    "x-request-id",
    "ratelimit-remaining",
    "retry-after",
    "nextCursor",
    "if-match",
  ])("explains %s there", async (word) => {
    const { body } = await api.ask("GET", "/openapi.json", { as: "nobody" });
    expect(body.info.description).toContain(word);
  });

  test.each(["/docs", "/docs/"])("shows it to people at %s", async (path) => {
    const page = await fetch(`${api.url}${path}`);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(await page.text()).toContain("/openapi.json");
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
