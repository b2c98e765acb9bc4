/** The hourly look at the invariants: one worker's turn, and what it found, for whoever asks later. */
import { checkInvariants, type Invariant } from "./invariants.ts";
import type { Db, Sql } from "./open.ts";

export type BooksCheck = {
  readonly endedAt: Date;
  /** Names of the invariants that did not hold. */
  readonly broken: readonly string[];
};

const checkEvery = "interval '1 hour'";

/** Null when it was looked at within the hour, by whichever worker. */
export async function checkBooksWhenDue(
  db: Db,
  how: { answerWithinMs: number; signal: AbortSignal },
): Promise<Invariant[] | null> {
  const { rowCount } = await db.sql.query(
    `update books_check set begun_at = chorus_now() where coalesce(begun_at, '-infinity') < chorus_now() - ${checkEvery}`,
  );
  if (rowCount === 0) return null;
  const began = performance.now();
  const found = await checkInvariants(db, how);
  await db.sql.query("update books_check set ended_at = chorus_now(), took_ms = $1, broken = $2", [
    Math.round(performance.now() - began),
    found.filter((each) => each.broken > 0).map((each) => each.name),
  ]);
  return found;
}

/** Null before the first. */
export async function lastBooksCheck(sql: Sql): Promise<BooksCheck | null> {
  const { rows } = await sql.query<BooksCheck>(
    `select ended_at as "endedAt", broken from books_check where ended_at is not null`,
  );
  return rows[0] ?? null;
}
