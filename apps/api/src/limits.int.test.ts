import { randomBytes, randomUUID } from "node:crypto";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, openTestApi, type TestApi } from "./test-api.ts";

const perMinute = 40;
const tries = 5;
let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({ API_RATE_LIMIT: String(perMinute), API_KEY_TRIES: String(tries) });
});
afterAll(() => api.close());

const wrongKey = () => `chorus_${randomBytes(32).toString("base64url")}`;

const expectProblem = (answer: Answer, status: number, code: string) => {
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  expect(answer.headers.get("x-request-id")).toBe(answer.body.requestId);
  expect(answer.body.requestId).toMatch(/^req_[0-9a-f-]{36}$/);
  expect(answer.body.errors[0].code).toBe(code);
};

describe("the rate limit", () => {
  test("counts each key by itself, says what is left, and answers 429 with Retry-After beyond it", async () => {
    const first = await api.ask("GET", "/v1/segments", { as: "author" });
    expect(first.headers.get("ratelimit-limit")).toBe(String(perMinute));
    expect(first.headers.get("ratelimit-remaining")).toBe(String(perMinute - 1));
    expect(Number(first.headers.get("ratelimit-reset"))).toBeGreaterThan(50);
    const answers = await Promise.all(
      Array.from({ length: perMinute }, () => api.ask("GET", "/v1/segments", { as: "author" })),
    );
    const refused = answers.filter((each) => each.status !== 200);
    expect(refused).toHaveLength(1);
    for (const answer of refused) {
      expectProblem(answer, 429, "rate.limited");
      expect(answer.body.type).toBe("urn:chorus:problem:too_often");
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(answer.headers.get("ratelimit-remaining")).toBe("0");
    }
    const change = await api.ask("POST", "/v1/segments", {
      as: "author",
      body: { name: "x", rule: { is: "everyone" } },
    });
    expect(change.status).toBe(429);
    expect((await api.db.sql.query("select 1 from segment")).rows).toEqual([]);
    expect((await api.ask("GET", "/v1/segments", { as: "owner" })).status).toBe(200);
  });

  test("a refused role and a refused body count too, and tell what is left", async () => {
    const before = await api.ask("GET", "/v1/segments", { as: "approver" });
    const role = await api.ask("POST", "/v1/segments", { as: "approver", body: {} });
    expect(role.status).toBe(403);
    const left = (answer: Answer) => Number(answer.headers.get("ratelimit-remaining"));
    expect(left(role)).toBe(left(before) - 1);
  });

  test("an import of many rows is one request", async () => {
    const rows = Array.from({ length: 2_000 }, (_, i) => `r${i}`).join("\n");
    const file = { as: "operator", headers: { "content-type": "text/csv" }, body: `external_id\n${rows}` } as const;
    const taken = await api.ask("POST", "/v1/imports/contacts", file);
    expect(taken.body).toMatchObject({ accepted: 2_000 });
    expect(taken.headers.get("ratelimit-remaining")).toBe(String(perMinute - 1));
  });

  test("keys cannot be guessed at speed, and a guesser locks out nobody whose key is good", async () => {
    await api.ask("GET", "/v1/segments", { as: "owner" });
    for (let i = 0; i < tries; i++) {
      const answer = await api.ask("GET", "/v1/segments", { as: "nobody", key: wrongKey() });
      expectProblem(answer, 401, "key.unknown");
    }
    const refused = await api.ask("GET", "/v1/segments", { as: "nobody", key: wrongKey() });
    expectProblem(refused, 429, "rate.limited");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await api.ask("GET", "/v1/segments", { as: "owner" })).status).toBe(200);
    expect((await api.ask("GET", "/v1/segments", { as: "nobody" })).status).toBe(401);
  });
});

describe("a request id", () => {
  test("is on every answer and in every problem, also before any route is reached", async () => {
    const gzip = { body: "x", headers: { "content-encoding": "gzip" } };
    const answers = {
      healthy: await api.ask("GET", "/healthz", { as: "nobody" }),
      listed: await api.ask("GET", "/v1/segments"),
      keyless: await api.ask("GET", "/v1/segments", { as: "nobody" }),
      compressed: await api.ask("POST", "/v1/segments", gzip),
      unknown: await api.ask("GET", "/v1/nothing"),
      method: await api.ask("DELETE", "/v1/segments"),
      broken: await api.ask("GET", "/v1/segments/%zz"),
      long: await api.ask("GET", `/v1/segments/${"x".repeat(300)}`),
      page: await api.ask("GET", "/u/nothing", { as: "nobody" }),
    };
    for (const [name, { headers, body }] of Object.entries(answers)) {
      expect(headers.get("x-request-id"), name).toMatch(/^req_/);
      if (body?.requestId) expect(body.requestId, name).toBe(headers.get("x-request-id"));
    }
    expect(new Set(Object.values(answers).map(({ headers }) => headers.get("x-request-id"))).size).toBe(9);
  });

  test.each([randomUUID(), randomUUID().replaceAll("-", ""), `req_${randomUUID()}`])(
    "%s is random and taken over from the caller",
    async (id) => {
      const answer = await api.ask("GET", "/v1/segments/nothing", { headers: { "x-request-id": id } });
      expect(answer.headers.get("x-request-id")).toBe(id);
      expect(answer.body.requestId).toBe(id);
    },
  );

  test.each(["ada@example.com", "+14155550101", "14155550101", "1", "x".repeat(500), '{"a":1}', `${randomUUID()} x`])(
    "%s may be an address, or anything, and is not taken over",
    async (id) => {
      const answer = await api.ask("GET", "/v1/segments/nothing", { headers: { "x-request-id": id } });
      expectProblem(answer, 404, "id.unknown");
    },
  );
});

describe("a place that is none", () => {
  test.each([
    ["GET", "/v1/nothing"],
    ["GET", "/v2/segments"],
    ["POST", "/v1/nothing"],
    ["GET", "/V1/segments"],
  ])("%s %s is answered 404, whatever the body and whoever asks", async (method, path) => {
    const body = method === "GET" ? undefined : "x";
    for (const type of ["application/json", "text/plain"]) {
      const answer = await api.ask(method, path, { as: "nobody", body, headers: { "content-type": type } });
      expectProblem(answer, 404, "route.unknown");
    }
  });

  test.each([
    ["DELETE", "/v1/segments", "GET, HEAD, POST"],
    ["PATCH", "/v1/segments/seg_x", "GET, HEAD, PUT"],
    ["PUT", "/v1/release", "POST"],
    ["POST", "/healthz", "GET, HEAD"],
  ])("%s %s is answered 405 with what the path takes", async (method, path, allow) => {
    const answer = await api.ask(method, path, { as: "nobody", body: "x" });
    expectProblem(answer, 405, "method.unsupported");
    expect(answer.headers.get("allow")).toBe(allow);
  });

  test("a path that cannot be decoded is answered 400", async () => {
    expectProblem(await api.ask("GET", "/v1/segments/%zz"), 400, "request.invalid");
    expectProblem(await api.ask("GET", "/%"), 400, "request.invalid");
  });

  test.each([
    ["no HTTP at all", "hello\r\n\r\n", "400 Bad Request", "request.invalid"],
    ["headers without end", `GET / HTTP/1.1\r\nx: ${"y".repeat(20_000)}\r\n\r\n`, "431 ", "headers.too_large"],
  ])("%s is answered as a problem, and the connection closed", async (_name, bytes, status, code) => {
    const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
    socket.write(bytes);
    const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
    expect(head).toContain(`HTTP/1.1 ${status}`);
    expect(head).toContain("content-type: application/problem+json");
    expect(head).toContain(`x-request-id: ${JSON.parse(body).requestId}`);
    expect(JSON.parse(body).errors[0].code).toBe(code);
  });
});
