import type { Angle } from "@chorus/core/angle";
import type { Id } from "@chorus/core/id";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expandPage } from "./expand.ts";
import type { Db } from "./open.ts";
import { preflight } from "./preflight.ts";
import { openTestLedger, type TestWorkspace, testContacts, testRun, testWorkspace } from "./test-run.ts";

let db: Db;
let close: () => Promise<void>;
let workspace: TestWorkspace;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
  workspace = await testWorkspace(db);
  await testContacts(db, workspace.id, contacts);
});
afterAll(() => close());

const contacts = 4_000;
const angles: Angle[] = [
  { angle: "price", tone: "plain", share: 3 },
  { angle: "benefit", tone: "warm", share: 1 },
];

async function plan(runId: Id): Promise<Map<Id, string>> {
  while ((await expandPage(db, runId)).is === "page");
  const { rows } = await db.sql.query<{ id: Id; angle: string }>(
    `select m.contact_id as id, v.angle from message m join variant v on v.id = m.variant_id
      where m.run_id = $1 and m.contact_id is not null`,
    [runId],
  );
  return new Map(rows.map((row) => [row.id, row.angle]));
}

const withAngles = () => testRun(db, { workspace, angles });

describe("the angle that a reader gets", () => {
  it("is one of the run's, at their shares, for everybody", async () => {
    const planned = await plan((await withAngles()).runId);
    expect(planned.size).toBe(contacts);
    const price = [...planned.values()].filter((angle) => angle === "price").length;
    const deviation = Math.sqrt(contacts * 0.75 * 0.25);
    expect(Math.abs(price - contacts * 0.75)).toBeLessThan(4 * deviation);
  });

  it("stays the same when a run's pages are planned again, and is drawn anew in the next run", async () => {
    const { runId } = await withAngles();
    const once = await plan(runId);
    await db.sql.query("delete from due where run_id = $1", [runId]);
    await db.sql.query("delete from message where run_id = $1", [runId]);
    await db.sql.query("update run_expansion set cursor_contact = 0, planned = 0, done = false where run_id = $1", [
      runId,
    ]);
    expect(await plan(runId)).toEqual(once);
    const next = await plan((await withAngles()).runId);
    const changed = [...next].filter(([id, angle]) => once.get(id) !== angle).length;
    expect(changed / contacts).toBeGreaterThan(0.3); // by chance 2 · 3/4 · 1/4
    expect(changed / contacts).toBeLessThan(0.45);
  });

  it("leaves nobody without words in the preflight, and says so of whoever has no variant of it", async () => {
    const run = await withAngles();
    expect((await preflight(db, run.plan)).channels.email).toMatchObject({ planned: contacts, skipped: {} });
    const half = { ...run.plan, variants: run.plan.variants.filter(({ angle }) => angle === "price") };
    const { skipped } = (await preflight(db, half)).channels.email ?? expect.fail("no mail");
    expect(skipped.no_variant).toBeGreaterThan(contacts / 5);
  });

  it("is one for a public post too: a destination hears of a segment once", async () => {
    await db.sql.query(
      "insert into destination (workspace_id, channel_no, name, address, locale) values ($1, $2, 'News', '#news', 'en')",
      [workspace.id, db.channels.noOf("slack")],
    );
    const run = await testRun(db, { workspace, angles, publicChannels: ["slack"] });
    expect((await preflight(db, run.plan)).channels.slack).toMatchObject({ planned: 1 });
    await plan(run.runId);
    const { rows } = await db.sql.query("select 1 from message where run_id = $1 and destination_id is not null", [
      run.runId,
    ]);
    expect(rows).toHaveLength(1);
  });
});
