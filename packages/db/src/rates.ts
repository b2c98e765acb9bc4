/** Moments at which a message may go out under limits that all workers share (prisma/migrations/0014_slots_refused_unlocked). */
import type { Db } from "./open.ts";

export type Booking = {
  readonly keys: readonly string[];
  /** Between one moment and the next, for each key. */
  readonly stepsMs: readonly number[];
  readonly count: number;
  /** The first is at least so far off. */
  readonly leadMs: number;
  /** And no further than this. */
  readonly withinMs: number;
};

/** In how many milliseconds the first of them is; null: none is free so soon, and nothing was taken. */
export async function bookSlots(db: Db, of: Booking): Promise<number | null> {
  const interval = (ms: number) => `${ms} milliseconds`;
  const { rows } = await db.ledger.query<{ in: number | null }>({
    name: "book",
    text: `select book_slots($1::text[], $2::interval[], $3::integer, $4::interval, $5::interval) as in`,
    values: [of.keys, of.stepsMs.map(interval), of.count, interval(of.leadMs), interval(of.withinMs)],
  });
  return rows[0]?.in ?? null;
}
