import { lastBooksCheck } from "@chorus/db/books-check";
import type { Db } from "@chorus/db/open";
import { livedTestRun } from "@chorus/db/test-books";
import { openTestLedger } from "@chorus/db/test-run";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkBooks } from "./check-books.ts";

let db: Db;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ db, close } = await openTestLedger());
});
afterAll(() => close());

const goesOn = new AbortController().signal;

/** What as many workers log that look at the same moment. */
async function look(workers = 1): Promise<Record<string, unknown>[]> {
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  await Promise.all(Array.from({ length: workers }, () => checkBooks({ db, log }, goesOn)));
  return lines.map((line) => JSON.parse(line));
}

it("D1: the invariants are looked at once an hour, by one of many workers, and what is broken is said with examples", async () => {
  const { runId } = await livedTestRun(db);
  expect(await lastBooksCheck(db.sql)).toBeNull();
  expect(await look(4)).toMatchObject([{ msg: "books.checked", checked: 10 }]);
  expect(await lastBooksCheck(db.sql)).toMatchObject({ broken: [] });

  await db.sql.query("delete from due where run_id = $1", [runId]);
  expect(await look()).toEqual([]);
  await db.sql.query("update books_check set begun_at = begun_at - interval '61 minutes'");
  expect(await look(4)).toMatchObject([
    {
      msg: "books.broken",
      invariant: "I1",
      count: 1,
      examples: [{ runId, why: expect.stringContaining("neither open") }],
    },
  ]);
  expect(await lastBooksCheck(db.sql)).toMatchObject({ broken: ["I1"] });
}, 60_000);

it("a worker that is asked to end looks at nothing more", async () => {
  await db.sql.query("update books_check set begun_at = null");
  const log = pino({ level: "silent" });
  await expect(checkBooks({ db, log }, AbortSignal.abort())).rejects.toThrow("aborted");
});
