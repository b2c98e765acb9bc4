import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestApi, type TestApi } from "./test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const path = "/v1/copy-budget";

it("what writing may cost is nobody's business until an owner or operator says so, and is written down with them", async () => {
  const before = await api.ask("GET", path, { as: "approver" });
  expect(before.body).toMatchObject({
    caps: { month: null, campaign: null, callsPerMinute: null },
    spent: 0,
    reserved: 0,
  });
  const body = { month: 50_000_000, campaign: 2_000_000, callsPerMinute: 60 };
  expect((await api.ask("PUT", path, { as: "author", body })).status).toBe(403);
  const set = await api.ask("PUT", path, { as: "operator", body });
  expect([set.status, set.body.caps]).toEqual([200, body]);
  expect((await api.ask("GET", path, { as: "approver" })).body.caps).toEqual(body);
  const { rows } = await api.db.sql.query("select detail from audit where action = 'copy.budget'");
  expect(rows).toEqual([{ detail: body }]);
});

it("a cap is a whole number of micros and not below none, and every cap is named", async () => {
  const refused = await api.ask("PUT", path, { as: "operator", body: { month: -1, campaign: 0.5 } });
  expect(refused.status).toBe(400);
  expect(refused.body.errors.map((each: { path: string }) => each.path).sort()).toEqual([
    "callsPerMinute",
    "campaign",
    "month",
  ]);
});
