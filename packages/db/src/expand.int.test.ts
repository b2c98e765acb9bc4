/** Planning that is torn down again and again, by two planners at once, while somebody edits what it was launched with. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Id } from "@chorus/core/id";
import type { Rule } from "@chorus/core/segment";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expandPage } from "./expand.ts";
import { checkInvariants } from "./invariants.ts";
import { type Db, openDb } from "./open.ts";
import { changeSegment, createSegment } from "./segments.ts";
import { openTestLedger, testContacts, testRules, testRun, testWorkspace } from "./test-run.ts";

let db: Db;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
});
afterAll(() => close());

const contacts = 26_000;
const late = 500;
const deaths = 100;
const planners = 2;
/** After so many deaths somebody edits the segment, and the planners are left alone until a page is written: they die in every part of the run. */
const deathsAPage = 25;
const british: Rule = { is: "field", field: "country", op: "eq", value: "GB" };
const german: Rule = { is: "field", field: "country", op: "eq", value: "DE" };

/** Before anybody is killed: one that dies while it opens is not planning. */
const openPlanners = () =>
  Promise.all(
    Array.from({ length: planners }, () =>
      openDb({ url: `${db.url}?application_name=planner`, channels: ["email", "sms", "slack"] }),
    ),
  );

/** A planner as a worker runs it: whatever breaks, it begins again. */
async function keepPlanning(own: Db, runId: Id, onDeath: () => void): Promise<void> {
  try {
    for (;;) {
      const step = await expandPage(own, runId).catch(() => null);
      if (step?.is === "done") return;
      if (step === null) onDeath();
    }
  } finally {
    await own.close();
  }
}

/** Ends the connection of a planner that is in the middle of a page, or waits for the other: what is left of a killed process. */
const killOne = () =>
  db.sql.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'planner' and xact_start is not null order by random() limit 1`,
  );

async function progressOf(runId: Id): Promise<{ cursor: string; done: boolean }> {
  const { rows } = await db.sql.query<{ cursor: string; done: boolean }>(
    "select cursor_contact as cursor, done from run_expansion where run_id = $1",
    [runId],
  );
  return rows[0] ?? expect.fail("the run has no expansion");
}

async function untilPageAfter(runId: Id, cursor: string): Promise<void> {
  for (;;) {
    const now = await progressOf(runId);
    if (now.cursor !== cursor || now.done) return;
    await sleep(5);
  }
}

it(`D10: two planners that die ${deaths} times while the segment is edited write exactly the rows that the recorded version admits`, {
  timeout: 600_000,
}, async () => {
  const workspace = await testWorkspace(db);
  await testContacts(db, workspace.id, contacts);
  const content = { workspaceId: workspace.id, name: "British", description: "" };
  const segment = (await createSegment(db, { ...content, rule: british })) ?? expect.fail("no segment");
  const rules = { email: testRules, sms: testRules };
  const { runId } = await testRun(db, { workspace, segments: [segment], rules });
  await db.sql.query("update contact set external_id = 'old-' || external_id where workspace_id = $1", [workspace.id]);
  await testContacts(db, workspace.id, late); // they came after the launch

  let dead = 0;
  let isOver = false;
  const opened = await openPlanners();
  const planning = Promise.all(opened.map((own) => keepPlanning(own, runId, () => void dead++))).finally(() => {
    isOver = true;
  });
  const versions: number[] = [];
  while (dead < deaths) {
    expect(isOver, `after ${dead} deaths`).toBe(false);
    const { cursor } = await progressOf(runId);
    for (const until = dead + deathsAPage; dead < until && !isOver; await killOne()) await sleep(Math.random() * 30);
    const rule = versions.length % 2 === 0 ? german : british;
    const changed = await changeSegment(db, { ...content, id: segment.id, rule });
    if (changed.is === "changed") versions.push(changed.segment.version);
    await untilPageAfter(runId, cursor);
  }
  await planning;
  expect(versions).toEqual([2, 3, 4, 5]);

  const { rows } = await db.sql.query(
    `select count(*)::int as rows, count(distinct (m.contact_id, m.channel_no))::int as distinct, count(distinct m.contact_id)::int as contacts,
            count(*) filter (where m.segment_id is distinct from case when c.country = 'GB' then $2::bigint end)::int as misplaced,
            count(*) filter (where c.external_id not like 'old-%')::int as late,
            count(*) filter (where m.state = 0 and d.message_id is null)::int as lost, (select planned::int from run_expansion where run_id = $1) as planned
       from message m join contact c on c.id = m.contact_id left join due d on d.message_id = m.id where m.run_id = $1`,
    [runId, segment.id],
  );
  const all = contacts * Object.keys(rules).length;
  expect(rows).toEqual([{ rows: all, distinct: all, contacts, misplaced: 0, late: 0, lost: 0, planned: all }]);
  const books = (await checkInvariants(db)).filter(({ name }) => name === "I1" || name === "I2");
  expect(books.map(({ name, broken }) => [name, broken])).toEqual([
    ["I1", 0],
    ["I2", 0],
  ]);
});
