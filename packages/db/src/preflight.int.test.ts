/** What preflight says of a workspace full of awkward cases is what the ledger then holds, figure by figure and contact by contact. */
import type { Id } from "@chorus/core/id";
import { messageStates } from "@chorus/core/message";
import type { PermissionRules } from "@chorus/core/permission";
import type { Plan } from "@chorus/core/plan";
import type { Rule } from "@chorus/core/segment";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expandPage } from "./expand.ts";
import type { Db } from "./open.ts";
import { permit } from "./permit.ts";
import { type ChannelPreflight, type Preflight, preflight } from "./preflight.ts";
import { openParams } from "./segment-sql.ts";
import { createSegment } from "./segments.ts";
import { leaseTestRun, openTestLedger, testContacts, testRules, testRun, testWorkspace } from "./test-run.ts";
import { compileVariants, compileVerdict, linesSql } from "./verdict-sql.ts";
import { registerWorker } from "./workers.ts";

let db: Db;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
  // Nine in New York, four on Hawaii, ten in the evening in Shanghai. Nothing may change between preflight and plan.
  await db.sql.query(
    `create table test_clock (at timestamptz not null); insert into test_clock values ('2027-01-15T14:00Z');
     create or replace function chorus_now() returns timestamptz language sql volatile as 'select at from test_clock'`,
  );
});
afterAll(() => close());

const contacts = 720;

/** One awkwardness each, by numbers that have no common divisor, so that they also meet. */
const awkward = `
  update contact set profiling = false where workspace_id = $1 and id % 11 = 0;
  update contact set locale = 'fr' where workspace_id = $1 and id % 13 = 0;
  update contact set country = (array['US', 'GB', 'CN', null, 'RU', 'XX'])[1 + id % 6],
                     time_zone = (array['Asia/Shanghai', 'Europe/London', null, null])[1 + id / 6 % 4] where workspace_id = $1;
  insert into address (workspace_id, contact_id, channel_no, value, hash)
  select workspace_id, contact_id, $2, 'sms ' || value, sha256(('sms ' || value)::bytea) from address where workspace_id = $1 and contact_id % 3 > 0;
  delete from address where workspace_id = $1 and channel_no <> $2 and contact_id % 17 = 0;
  update consent set state = 'withdrawn' where contact_id % 7 = 0 and contact_id in (select id from contact where workspace_id = $1);
  delete from consent where contact_id % 19 = 0 and contact_id in (select id from contact where workspace_id = $1);
  insert into suppression (workspace_id, channel_no, address_hash, scope, reason, source)
  select workspace_id, channel_no, hash, (array['all', 'marketing'])[1 + contact_id % 2], (array['hard_bounce', 'complaint', 'role_address'])[1 + contact_id % 3], 'test'
    from address where workspace_id = $1 and contact_id % 5 = 0;
  insert into message (run_id, workspace_id, contact_id, channel_no, step, locale, class, state, settled_at)
  select 1000, workspace_id, id, channel_no, -1, 'en', 2, (array[3, 5, 8, 9])[1 + id / 2 % 4], chorus_now() - interval '1 day' * (id % 40)
    from contact, unnest(array[$2, $3]::smallint[]) channel_no, generate_series(1, 2) where workspace_id = $1 and id % 2 = 0;
  insert into destination (workspace_id, channel_no, name, address, locale)
  select $1, $4, 'Channel ' || n, 'C' || n, (array['en', 'zh', 'de'])[n] from generate_series(1, 3) n;
  delete from contact where workspace_id = $1 and id % 23 = 0`;

const field = (name: string, op: "eq" | "ne", value: string): Rule => ({ is: "field", field: name, op, value });
const chinese = field("locale", "eq", "zh-CN");

async function awkwardRun(holds: PermissionRules["holds"]): Promise<{ runId: Id; plan: Plan }> {
  const workspace = await testWorkspace(db, holds === "wait" ? "live" : "sandbox");
  await testContacts(db, workspace.id, contacts);
  const [email, sms, slack] = ["email", "sms", "slack"].map(db.channels.noOf);
  const values = [workspace.id, sms, email, slack];
  for (const statement of awkward.split(";"))
    await db.sql.query(statement.replace(/\$(\d)/g, (_, n) => String(values[Number(n) - 1])));
  const named = { chinese, american: field("country", "eq", "US"), nobody: field("country", "eq", "AQ") };
  const segments = await Promise.all(
    Object.entries(named).map(async ([name, rule]) => {
      const created = await createSegment(db, { workspaceId: workspace.id, name, description: "", rule });
      return created ?? expect.fail(name);
    }),
  );
  const rules = { ...testRules, holds, hours: { from: 9, to: 20 }, cap: { count: 2, days: 30 } };
  const run = await testRun(db, {
    workspace,
    segments,
    rules: { email: rules, sms: { ...rules, needsConsent: false } },
  });
  const plan: Plan = {
    ...run.plan,
    audience: { is: "not", of: field("country", "eq", "RU") },
    publicChannels: ["slack"],
    variants: run.plan.variants.filter(({ segmentId, locale }) => segmentId !== segments[1]?.id || locale !== "en"),
  };
  await db.sql.query("update run set plan = $2 where id = $1", [run.runId, JSON.stringify(plan)]);
  return { runId: run.runId, plan };
}

/** Of every contact and channel, as the SQL of preflight says it. */
async function predicted(plan: Plan): Promise<unknown[]> {
  const params = openParams();
  const verdict = compileVerdict(plan, db.channels, { params, contacts: "true" });
  const { rows } = await db.sql.query(
    `with ${verdict}, ${compileVariants(plan, params)}, ${linesSql}
     select contact_id, channel_no, segment_id, message_locale as locale, variant_id, encode(address_hash, 'hex') as address, reason,
            case when reason is null then hold end as hold, case when reason is null then not_before end as goes
       from lines order by contact_id, channel_no`,
    params.values,
  );
  return rows;
}

async function recorded(runId: Id): Promise<unknown[]> {
  const { rows } = await db.sql.query(
    `select m.contact_id, m.channel_no, m.segment_id, m.locale, m.variant_id, encode(m.address_hash, 'hex') as address, m.reason, m.hold,
            d.not_before as goes
       from message m left join due d on d.message_id = m.id where m.run_id = $1 and m.contact_id is not null order by m.contact_id, m.channel_no`,
    [runId],
  );
  return rows;
}

/** The ledger, counted in the form of a preflight. */
async function counted(runId: Id, plan: Plan): Promise<Preflight> {
  const { rows } = await db.sql.query<{ channel: string; state: number; reason: string | null; hold: string | null }>(
    "select c.id as channel, m.state, m.reason, m.hold from message m join channel c on c.no = m.channel_no where m.run_id = $1",
    [runId],
  );
  const channels = [...Object.keys(plan.rules), ...plan.publicChannels].map((channel): [string, ChannelPreflight] => {
    const lines = rows.filter((row) => row.channel === channel);
    const willSend = lines.filter((row) => row.state === messageStates.waiting).length;
    const tally = (of: (row: (typeof rows)[number]) => string | null) => {
      const named = lines.flatMap((row) => of(row) ?? []);
      return Object.fromEntries(
        [...new Set(named)].map((name) => [name, named.filter((each) => each === name).length]),
      );
    };
    return [
      channel,
      { planned: lines.length, willSend, skipped: tally((row) => row.reason), hold: tally((row) => row.hold) },
    ];
  });
  const segments = await db.sql.query<{ id: Id | null; contacts: number }>(
    "select segment_id as id, count(distinct contact_id)::int as contacts from message where run_id = $1 and contact_id is not null group by 1 order by 1",
    [runId],
  );
  const audienceSize = segments.rows.reduce((sum, each) => sum + each.contacts, 0);
  return { audienceSize, channels: Object.fromEntries(channels), segments: segments.rows };
}

it.each(["wait", "show"] as const)(
  "D10: the figures of a preflight are those of the ledger, and so is the verdict of every contact (holds: %s)",
  async (holds) => {
    const { runId, plan } = await awkwardRun(holds);
    const [figures, lines] = [await preflight(db, plan), await predicted(plan)];
    while ((await expandPage(db, runId)).is === "page");
    expect(await recorded(runId)).toEqual(lines);
    const bySegment = (one: { id: Id | null }, other: { id: Id | null }) =>
      Number(one.id ?? 999) - Number(other.id ?? 999);
    expect({ ...figures, segments: [...figures.segments].sort(bySegment) }).toEqual(await counted(runId, plan));

    const { email, slack } = figures.channels;
    const reasons = [
      "no_address",
      "suppressed",
      "no_consent",
      "no_variant",
      ...(holds === "wait" ? ["frequency_cap"] : []),
    ];
    expect(Object.keys(email?.skipped ?? {}).sort()).toEqual(reasons.sort());
    expect(Object.keys(email?.hold ?? {})).toEqual(
      expect.arrayContaining(["quiet_hours", ...(holds === "wait" ? [] : ["frequency_cap"])]),
    );
    expect(slack).toEqual({ planned: 12, willSend: 12, skipped: {}, hold: {} }); // three places, three segments and everyone else
  },
);

it("D10: a permit at the same moment says of every message what the plan said", async () => {
  const { runId, plan } = await awkwardRun("wait");
  const { email } = (await preflight(db, plan)).channels;
  while ((await expandPage(db, runId)).is === "page");
  const leased = await leaseTestRun(db, { runId, workerId: await registerWorker(db, "test") });
  const permits = await permit(db, leased, 600_000);
  expect(new Set(permits.map((each) => each.is))).toEqual(new Set(["send"]));
  expect(permits.length).toBe((email?.willSend ?? 0) - (email?.hold.quiet_hours ?? 0));
  expect(permits.length).toBeGreaterThan(20);
});
