/** The alert rules under docs/ speak of what /metrics really shows. */
import { readFileSync } from "node:fs";
import { beat, registerWorker } from "@chorus/db/workers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, haveLaunched, makeCampaign } from "./test-campaign.ts";

const rules = readFileSync(new URL("../../../docs/alerts.yml", import.meta.url), "utf8");
const named = [...new Set(rules.match(/chorus_[a-z_]+/g))];

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
  await addContacts(api, 3);
  await haveLaunched(api, await makeCampaign(api));
});
afterAll(() => api.close());

it("every metric that an alert rule names is in /metrics, with the labels of its lane, worker or provider", async () => {
  const workerId = await registerWorker(api.db, "host:7", "1.0.0");
  const workspaceId = api.id;
  const tally = { workspaceId, channel: "email", class: "marketing", lane: 2, permits: 20 } as const;
  await beat(api.db, workerId, { clockSkewMs: 0, runningJobs: 1, busy: 0.5, overMs: 2_000, tallies: [tally] });
  await api.db.sql.query(
    `insert into carrier (workspace_id, channel_no, provider, account, blocked_until)
     values ($1, $2, 'smtp', 'test', chorus_now() + interval '1 hour')`,
    [workspaceId, api.db.channels.noOf("email")],
  );
  await api.db.sql.query("update books_check set ended_at = chorus_now(), broken = '{I1,I5}'");
  const { text } = await api.ask("GET", "/metrics", { as: "nobody" });
  expect(named.length).toBeGreaterThan(7);
  for (const name of named) expect(text, name).toMatch(new RegExp(`^${name}(\\{.+\\})? [\\d.e+-]+$`, "m"));
  expect(text).toContain('chorus_lane_permits_per_second{channel="email",class="marketing",lane="2"} 10');
  expect(text).toContain("chorus_broken_invariants 2");
  expect(text).toContain('chorus_carrier_blocked{channel="email",provider="smtp"} 1');
  expect(text).toMatch(/chorus_lane_due_messages\{channel="email",class="marketing",lane="\d+"\} [123]/);
});
