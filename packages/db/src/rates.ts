/** Moments at which a message may go out under limits that all workers share (prisma/migrations/0009_rate_slots). */
import type { Db } from "./open.ts";

export type Booking = {
  readonly keys: readonly string[];
  readonly count: number;
  /** Between one moment and the next. */
  readonly stepMs: number;
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
    text: `select book_slots($1::text[], $2::integer, $3::interval, $4::interval, $5::interval) as in`,
    values: [of.keys, of.count, interval(of.stepMs), interval(of.leadMs), interval(of.withinMs)],
  });
  return rows[0]?.in ?? null;
}
