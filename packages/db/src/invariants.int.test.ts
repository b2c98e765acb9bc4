import { describe, expect, it } from "vitest";
import { checkInvariants } from "./invariants.ts";
import type { Db } from "./open.ts";
import { livedTestRun, type TestBooks } from "./test-books.ts";
import { openTestLedger } from "./test-run.ts";

const manySeconds = 60_000;

async function withLivedRun<T>(work: (db: Db, of: TestBooks) => Promise<T>): Promise<T> {
  const { db, close } = await openTestLedger();
  try {
    return await work(db, await livedTestRun(db));
  } finally {
    await close();
  }
}

/** What is named as broken after this SQL, in which `$1` is the run. */
const brokenBy = (...statements: string[]) =>
  withLivedRun(async (db, { runId }) => {
    for (const statement of statements) await db.sql.query(statement, statement.includes("$1") ? [runId] : []);
    const found = await checkInvariants(db);
    return found.flatMap(({ name, broken, examples }) => (broken > 0 ? [{ name, broken, why: examples[0]?.why }] : []));
  });

/** Of all accepted messages of the run, the one with the lowest id whose address may still be used. */
const oneAccepted = `(select min(id) from message m where run_id = $1 and state = 3 and not exists (
  select 1 from suppression s where s.address_hash = m.address_hash))`;

describe("the invariants", () => {
  it(
    "D1: hold of a run with doubts, bounces, opt-outs, pauses, late reports and a worker that died, and say what nobody asks",
    async () => {
      const found = await withLivedRun(async (db) => {
        const { rows } = await db.sql.query("select distinct state from message order by state");
        expect(rows.map((row) => row.state)).toEqual([0, 3, 5, 8]);
        return await checkInvariants(db);
      });
      expect(found.map(({ name, broken }) => [name, broken])).toEqual(
        Array.from({ length: 10 }, (_, index) => [`I${index + 1}`, 0]),
      );
      expect(found.filter((each) => each.unchecked !== null).map(({ name, unchecked }) => [name, unchecked])).toEqual([
        ["I7", expect.stringMatching(/^Nothing to check: moments/)],
        ["I9", "Nothing to check: no budget is set."],
      ]);
      for (const { promise } of found) expect(promise).toMatch(/^[A-Z].*[.:,;a-z]$/);
    },
    manySeconds,
  );

  it(
    "D1: name a run whose message is neither open nor ended",
    async () => {
      const found = await brokenBy("delete from due where run_id = $1");
      expect(found).toEqual([{ name: "I1", broken: 1, why: expect.stringContaining("neither open nor ended") }]);
    },
    manySeconds,
  );

  it(
    "D1: name a run of which a message has vanished, and one that is over and has messages open",
    async () => {
      expect(await brokenBy(`delete from message where run_id = $1 and id = ${oneAccepted}`)).toEqual([
        { name: "I1", broken: 1, why: expect.stringContaining("40 counted while planning, 39 recorded") },
      ]);
      const early = ["alter table run disable trigger user", "update run set state = 'finished' where id = $1"];
      expect(await brokenBy(...early)).toEqual([
        { name: "I1", broken: 1, why: expect.stringContaining("the run is finished") },
      ]);
    },
    manySeconds,
  );

  it(
    "name a second message to the same contact on the same channel",
    async () => {
      const found = await brokenBy(
        "drop index message_once",
        `insert into message (run_id, workspace_id, contact_id, channel_no, locale, class, state)
       select run_id, workspace_id, contact_id, channel_no, locale, class, 4 from message where run_id = $1 and id = ${oneAccepted}`,
        "update run_expansion set planned = planned + 1 where run_id = $1",
      );
      expect(found).toEqual([{ name: "I2", broken: 1, why: expect.stringContaining("2 messages to contact") }]);
    },
    manySeconds,
  );

  it(
    "name a message that is sending long after its permit has ended, while somebody should have noticed",
    async () => {
      const forgotten = `update due set state = 2, send_until = chorus_now() - interval '61 seconds' where run_id = $1`;
      expect(await brokenBy(forgotten)).toEqual([]);
      const watched = "update worker set started_at = started_at - interval '2 minutes'";
      expect(await brokenBy(forgotten, watched)).toEqual([
        { name: "I3", broken: 1, why: expect.stringContaining("its permit ended at") },
      ]);
    },
    manySeconds,
  );

  it(
    "name what was accepted without an attempt or a permit, save what an older release accepted",
    async () => {
      const unpermitted = `update message set permitted_at = null where run_id = $1 and id = ${oneAccepted}`;
      expect(await brokenBy(unpermitted)).toEqual([{ name: "I4", broken: 1, why: "accepted without a permit" }]);
      const upgraded = "update books_check set permits_kept_from = chorus_now() + interval '1 hour'";
      expect(await brokenBy(unpermitted, upgraded)).toEqual([]);
      const untried = `update message set attempt = 0 where run_id = $1 and id = ${oneAccepted}`;
      expect(await brokenBy(untried)).toEqual([{ name: "I4", broken: 1, why: "accepted without an attempt" }]);
    },
    manySeconds,
  );

  it(
    "name marketing that was permitted after its reader had opted out",
    async () => {
      const found = await brokenBy("update suppression set at = at - interval '1 hour' where reason = 'unsubscribed'");
      expect(found).toEqual([{ name: "I5", broken: 1, why: expect.stringMatching(/^permitted .*\(unsubscribed\)$/) }]);
    },
    manySeconds,
  );

  it(
    "name marketing that was permitted in the middle of the night",
    async () => {
      const found = await brokenBy(
        `update run set plan = jsonb_set(plan, '{rules,email,hours}', '{"from":2,"to":22}') where id = $1`,
        "update message set permitted_at = (date_trunc('day', permitted_at at time zone 'Europe/London') + interval '12 hours') at time zone 'Europe/London'",
        "update contact set updated_at = updated_at - interval '2 days'",
        `update message set permitted_at = permitted_at - interval '11 hours' where run_id = $1 and id = ${oneAccepted}`,
        "delete from suppression",
      );
      expect(found).toContainEqual({ name: "I6", broken: 1, why: "permitted at 01:00, not between 02:00 and 22:00" });
    },
    manySeconds,
  );

  it(
    "name marketing that was permitted while it was night in one of the places where its reader may live",
    async () => {
      const night = (zonesKeptFrom: string) =>
        brokenBy(
          `update run set plan = jsonb_set(plan, '{rules,email,hours}', '{"from":9,"to":20}') where id = $1`,
          "update message set permitted_at = (date_trunc('day', permitted_at at time zone 'America/New_York') + interval '12 hours') at time zone 'America/New_York'",
          "update approval set at = at - interval '2 days'",
          "update contact set country = 'US', time_zone = null, updated_at = updated_at - interval '2 days'",
          `update books_check set zones_kept_from = '${zonesKeptFrom}'`,
          "delete from suppression",
        );
      expect(await night("-infinity")).toMatchObject([
        { name: "I6", why: expect.stringMatching(/^permitted at 0[67]:00/) },
      ]);
      expect(await night("infinity")).toEqual([]); // an older release kept the workspace's hours
    },
    manySeconds,
  );

  it(
    "D19: name a delivery that fell back, whoever lowered it",
    async () => {
      const found = await brokenBy("update message set delivery_rank = 1 where run_id = $1 and delivery_rank = 3");
      expect(found).toEqual([{ name: "I8", broken: expect.any(Number), why: "its delivery rank fell from 3 to 1" }]);
    },
    manySeconds,
  );

  it(
    "D13: name what went out with words that nobody approved, or that changed underway",
    async () => {
      expect(await brokenBy("delete from approval")).toEqual([
        { name: "I10", broken: expect.any(Number), why: "nobody approved the content of its run" },
      ]);
      expect(await brokenBy("update run set content_hash = null where id = $1")).toEqual([
        { name: "I10", broken: expect.any(Number), why: "its run is bound to no content" },
      ]);
      const edited = `insert into variant_revision (variant_id, revision, contents, facts, hash, writer, at)
      select v.id, 2, '{}', '{}', 'other', 'person', r.started_at + interval '1 microsecond' from variant v join run r on r.campaign_id = v.campaign_id`;
      expect(await brokenBy(edited)).toEqual([
        { name: "I10", broken: expect.any(Number), why: "its words were changed while its run was going out" },
      ]);
    },
    manySeconds,
  );

  it(
    "name a single send whose words are gone, and one with words of a campaign that nobody had approved",
    async () => {
      const single = [
        `insert into run (workspace_id, day, state, segment_versions, plan)
         select workspace_id, '2026-01-01', 'sending', '{}', plan from run where id = $1`,
        `update message set step = -1, run_id = (select id from run where day is not null) where run_id = $1 and id = ${oneAccepted}`,
        "update run_expansion set planned = planned - 1 where run_id = $1",
      ];
      expect(await brokenBy(...single)).toEqual([{ name: "I10", broken: 1, why: "a single send without its words" }]);
      const found = await brokenBy(
        ...single,
        `insert into send (run_id, message_id, workspace_id, content, facts, expires_at)
         select run_id, id, workspace_id, '{}', '{}', created_at + interval '1 day' from message where step < 0`,
        `insert into campaign (workspace_id, name, brief, audience, channels, locales, author_id)
         select workspace_id, 'Draft', brief, audience, channels, locales, author_id from campaign`,
        `insert into variant (workspace_id, campaign_id, locale, facts)
         select workspace_id, id, 'en', '{}' from campaign where name = 'Draft'`,
        "update message set variant_id = (select max(id) from variant) where step < 0",
      );
      expect(found).toEqual([{ name: "I10", broken: 1, why: "a single send with words that nobody had approved" }]);
    },
    manySeconds,
  );
});
