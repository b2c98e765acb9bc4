/** An ended run is sent on to those whom nothing of it reached, and to nobody else. */
import { channels } from "@chorus/channels/registry";
import { openIdSeal } from "@chorus/core/id";
import { messageStates } from "@chorus/core/message";
import { expandPage } from "@chorus/db/expand";
import { launchDue } from "@chorus/db/runs";
import { sweep } from "@chorus/db/sweep";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Json, openTestApi, type TestApi } from "./test-api.ts";
import { addContacts, approve, haveLaunched, haveWritten, makeCampaign, openId } from "./test-campaign.ts";
import { expectRefused } from "./test-refusal.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
  await addContacts(api, 12);
});
afterAll(() => api.close());

type Run = { id: string; internal: string; campaign: Json };
type End = { state: keyof typeof messageStates; reason?: string; delivered?: boolean };

/** What became of each of a run's messages, in the order of their contacts; the rest was accepted. */
async function endAs(run: Run, ends: readonly End[]): Promise<void> {
  await api.db.sql.query(
    `with gone as (delete from due where run_id = $1),
     ends as (select * from unnest($2::smallint[], $3::text[], $4::boolean[]) with ordinality as e(state, reason, delivered, place)),
     placed as (select id, row_number() over (order by contact_id) as place from message where run_id = $1)
     update message m set state = coalesce(e.state, ${messageStates.accepted}), reason = e.reason, settled_at = chorus_now(), attempt = 1,
                          delivery_rank = case when e.delivered then 3 else 0 end
       from placed p left join ends e on e.place = p.place where m.run_id = $1 and m.id = p.id`,
    [
      run.internal,
      ends.map((end) => messageStates[end.state]),
      ends.map((end) => end.reason ?? null),
      ends.map((end) => end.delivered ?? false),
    ],
  );
  await sweep(api.db);
}

async function launched(): Promise<Run> {
  const campaign = await makeCampaign(api, { channels: ["email"] });
  const internal = await haveLaunched(api, campaign);
  const [{ id }] = (await api.ask("GET", `/v1/campaigns/${campaign.id}/runs`)).body.items;
  return { id, internal, campaign };
}

const sendUnsent = (run: Run) => api.ask("POST", `/v1/runs/${run.id}/send-unsent`, { as: "operator" });
const books = async (run: Run): Promise<Json> => (await api.ask("GET", `/v1/runs/${run.id}/report`)).body.books;
const expand = async (run: Run) => {
  while ((await expandPage(api.db, run.internal)).is === "page");
};
const readersOf = async (run: Run) =>
  (
    await api.db.sql.query("select contact_id from due join message m on m.id = message_id where due.run_id = $1", [
      run.internal,
    ])
  ).rows;

const ends: End[] = [
  { state: "expired" },
  { state: "cancelled" },
  { state: "failed", reason: "destination" },
  { state: "failed", reason: "attempts_exhausted" },
  { state: "failed", reason: "no_such_address" },
  { state: "skipped", reason: "suppressed" },
  { state: "in_doubt_final" },
  { state: "expired", delivered: true },
];
const unsent = 4;

describe("sending to the unsent only", () => {
  it("opens again what was cancelled, expired or failed because of us; the rest of the books stays as it is", async () => {
    const run = await launched();
    await endAs(run, ends);
    const before = await books(run);
    expect(before).toMatchObject({ planned: 12, accepted: 4, expired: 2, cancelled: 1, inDoubt: 1, open: 0 });
    const answer = await sendUnsent(run);
    expect([answer.status, answer.body]).toEqual([200, { run: { id: run.id, state: "sending" }, unsent }]);
    await expand(run);
    expect(await books(run)).toEqual({
      ...{ planned: 12, accepted: 4, inDoubt: 1, cancelled: 0, open: unsent },
      expired: 1, // that one was delivered after all, as its provider said
      skipped: { suppressed: 1 },
      failed: { no_such_address: 1 },
    });
    expect(await readersOf(run)).toHaveLength(unsent);
    await endAs({ ...run }, []);
    const { body } = await api.ask("GET", `/v1/campaigns/${run.campaign.id}`);
    expect(body.state, "over once more").toBe("done");
  });

  it("pressed twice is pressed once, and a third time there is nothing left", async () => {
    const run = await launched();
    await endAs(run, ends.slice(0, 2));
    const answers = await Promise.all([sendUnsent(run), sendUnsent(run)]);
    expect(answers.map((each) => [each.status, each.body.unsent])).toEqual([
      [200, 2],
      [200, 2],
    ]);
    await expand(run);
    expect([await readersOf(run), (await sendUnsent(run)).body.unsent]).toEqual([
      [expect.anything(), expect.anything()],
      2,
    ]);
    await endAs(run, []);
    await expectRefused(api, () => sendUnsent(run), { status: 409, code: "run.nothing_unsent" });
  });

  it("asks anew whether they may be written to", async () => {
    const run = await launched();
    await endAs(run, ends.slice(0, 3));
    await api.db.sql.query(
      `with first as (select contact_id, channel_no from message where run_id = $1 order by contact_id limit 1)
       update consent c set state = 'withdrawn' from first f where c.contact_id = f.contact_id and c.channel_no = f.channel_no`,
      [run.internal],
    );
    expect((await sendUnsent(run)).body.unsent).toBe(3);
    await expand(run);
    expect(await books(run)).toMatchObject({ planned: 12, skipped: { no_consent: 1 }, open: 2 });
    await api.db.sql.query("update consent set state = 'granted'");
    await endAs(run, []);
  });

  it("goes on to those who were not planned yet when the run was cancelled", async () => {
    const campaign = await makeCampaign(api, { channels: ["email"] });
    await haveWritten(api, campaign);
    await approve(api, campaign);
    await api.ask("POST", `/v1/campaigns/${campaign.id}/schedule`, { body: { at: "now" } });
    const internal = (await launchDue(api.db, channels))[0]?.runId ?? "";
    const [{ id }] = (await api.ask("GET", `/v1/campaigns/${campaign.id}/runs`)).body.items;
    const run = { id, internal, campaign };
    await api.ask("POST", `/v1/campaigns/${campaign.id}/cancel`);
    await sweep(api.db);
    expect(await books(run)).toMatchObject({ planned: 0 });
    expect((await sendUnsent(run)).body.run.state).toBe("sending");
    await expand(run);
    expect(await books(run)).toMatchObject({ planned: 12, open: 12 });
    await endAs(run, []);
  });

  it("is refused while the run goes out, for words that are not approved any more, and to a reader of other campaigns", async () => {
    const run = await launched();
    await expectRefused(api, () => sendUnsent(run), { status: 409, code: "run.state", path: "run.state" });
    await endAs(run, ends.slice(0, 2));
    const other = await api.openWorkspace();
    expect((await api.ask("POST", `/v1/runs/${run.id}/send-unsent`, { key: other.keys.owner })).status).toBe(404);
    await api.db.sql.query("update approval set voided_at = chorus_now() where campaign_id = $1", [
      openId(api, "campaign", run.campaign.id),
    ]);
    await expectRefused(api, () => sendUnsent(run), { status: 409, code: "approval.stale" });
  });

  it("is not for a day of single messages, which their senders repeat", async () => {
    const message = { channel: "email", class: "transactional", to: { address: "a@example.com" } };
    const content = { subject: "Hello", headline: "Hello", paragraphs: ["Your order is on its way."] };
    const headers = { "idempotency-key": "k-1" };
    const taken = await api.ask("POST", "/v1/messages", { body: { ...message, content }, headers });
    const { rows } = await api.db.sql.query("select id from run where day is not null");
    expect(rows, taken.text).toHaveLength(1);
    const id = openIdSeal(api.installationKey).seal("run", rows[0].id);
    const ask = () => api.ask("POST", `/v1/runs/${id}/send-unsent`);
    await expectRefused(api, ask, { status: 409, code: "run.state" });
  });
});
