/** Quiet hours of readers whose clock nobody knows: a message goes when it may by every clock of their country. */
import { countryOf } from "@chorus/core/country";
import { countryTable } from "@chorus/core/country-table";
import type { Id } from "@chorus/core/id";
import type { PermissionRules } from "@chorus/core/permission";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expandPage } from "./expand.ts";
import type { Db } from "./open.ts";
import { permit } from "./permit.ts";
import { preflight } from "./preflight.ts";
import { leaseTestRun, openTestLedger, testContacts, testRules, testRun, testWorkspace } from "./test-run.ts";
import { registerWorker } from "./workers.ts";

let db: Db;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
  await db.sql.query(
    `create table test_clock (at timestamptz not null); insert into test_clock values ('2027-01-15T00:00Z');
     create or replace function chorus_now() returns timestamptz language sql volatile as 'select at from test_clock'`,
  );
});
afterAll(() => close());

const setClock = (at: string) => db.sql.query("update test_clock set at = $1", [at]);
const daytime: PermissionRules = { ...testRules, holds: "wait", hours: { from: 9, to: 20 } };

type Reader = { country: string | null; timeZone: string | null };
const unknownIn = (country: string | null): Reader => ({ country, timeZone: null });

/** One reader and one run; answers with what preflight and plan say at that moment. */
async function plan(reader: Reader, at: string, rules = daytime) {
  await setClock(at);
  const workspace = await testWorkspace(db, "live"); // its clock is London's
  await testContacts(db, workspace.id, 1);
  await db.sql.query("update contact set country = $2, time_zone = $3 where workspace_id = $1", [
    ...[workspace.id, reader.country, reader.timeZone],
  ]);
  const run = await testRun(db, { workspace, rules: { email: rules } });
  const { hold } = (await preflight(db, run.plan)).channels.email ?? expect.fail("no preflight");
  while ((await expandPage(db, run.runId)).is === "page");
  return { runId: run.runId, preflight: Object.keys(hold)[0] ?? null, ...(await planned(run.runId)) };
}

async function planned(runId: Id) {
  const { rows } = await db.sql.query<{ hold: string | null; goes: Date }>(
    "select m.hold, d.not_before as goes from message m join due d on d.message_id = m.id where m.run_id = $1",
    [runId],
  );
  return { hold: rows[0]?.hold, goes: rows[0]?.goes.toISOString().slice(0, 16) };
}

describe("quiet hours", () => {
  it.each<[string, Reader, string, string | null, string]>([
    ["nine in New York, night on Hawaii", unknownIn("US"), "2027-01-15T14:00Z", "quiet_hours", "2027-01-15T19:00"],
    ["nine on Hawaii, two in New York", unknownIn("US"), "2027-01-15T19:00Z", null, "2027-01-15T19:00"],
    ["eight in the evening in New York", unknownIn("US"), "2027-01-16T01:00Z", "quiet_hours", "2027-01-16T19:00"],
    ["summer: Phoenix keeps its clock", unknownIn("US"), "2027-07-15T18:30Z", "quiet_hours", "2027-07-15T19:00"],
    [
      "one hour a day that all of Russia shares",
      unknownIn("RU"),
      "2027-01-15T08:00Z",
      "quiet_hours",
      "2027-01-16T07:00",
    ],
    [
      "a clock that is known, in a country of many",
      { country: "US", timeZone: "America/New_York" },
      "2027-01-15T14:00Z",
      null,
      "2027-01-15T14:00",
    ],
    ["nine in Berlin", unknownIn("DE"), "2027-01-15T08:00Z", null, "2027-01-15T08:00"],
    ["eight in Berlin", unknownIn("DE"), "2027-01-15T07:00Z", "quiet_hours", "2027-01-15T08:00"],
    [
      "no country either, eight by the workspace's clock",
      unknownIn(null),
      "2027-01-15T08:00Z",
      "quiet_hours",
      "2027-01-15T09:00",
    ],
    [
      "no country either, nine by the workspace's clock",
      unknownIn(null),
      "2027-01-15T09:00Z",
      null,
      "2027-01-15T09:00",
    ],
  ])("%s", async (_, reader, at, hold, goes) => {
    expect(await plan(reader, at)).toMatchObject({ preflight: hold, hold, goes });
  });

  it("are asked again at the permit, with the same answer", async () => {
    const { runId } = await plan(unknownIn("US"), "2027-01-15T20:00Z");
    const workerId = await registerWorker(db, "test");
    const ask = async () =>
      (await permit(db, await leaseTestRun(db, { runId, workerId }), 600_000)).map(({ is }) => is);
    await setClock("2027-01-16T01:00Z");
    expect(await ask()).toEqual(["wait"]);
    expect(await planned(runId)).toMatchObject({ goes: "2027-01-16T19:00" });
    await setClock("2027-01-16T18:59Z");
    expect(await ask()).toEqual([]);
    await setClock("2027-01-16T19:00Z");
    expect(await ask()).toEqual(["send"]);
  });

  it("that no moment satisfies everywhere put a message off from day to day, until its life is over", async () => {
    const morning = { ...daytime, hours: { from: 9, to: 12 } };
    expect(await plan(unknownIn("US"), "2027-01-15T19:00Z", morning)).toMatchObject({
      hold: "quiet_hours",
      goes: "2027-01-16T19:00",
    });
  });
});

it("knows for every country the zones that the product knows, and PostgreSQL knows all of them", async () => {
  const { rows } = await db.sql.query<{ country: string; zones: string[] }>(
    "select country, zones from country_zone order by country",
  );
  const codes = countryTable.match(/^[A-Z]{2}/gm) ?? [];
  expect(rows).toEqual(codes.map((country) => ({ country, zones: countryOf(country)?.timeZones })));
});
