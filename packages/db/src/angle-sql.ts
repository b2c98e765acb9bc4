/** Which of a run's angles a reader gets. */
import type { Angle } from "@chorus/core/angle";

/**
 * SQL of a place among `angles`. A hash whose seed is the run: the same reader gets the same angle however often a page is
 * planned, and another in the next run. The shares are those of the angles, over all readers.
 */
export function angleSql(angles: readonly Angle[], { run, reader }: { run: string; reader: string }): string {
  if (angles.length < 2) return "0";
  const total = angles.reduce((sum, { share }) => sum + share, 0);
  let upTo = 0;
  const cases = angles.slice(0, -1).map(({ share }, place) => {
    upTo += share;
    return `when drawn < ${upTo} then ${place}`;
  });
  const drawn = drawnSql(total, { run, reader });
  return `(select case ${cases.join(" ")} else ${angles.length - 1} end from (values (${drawn})) as draw(drawn))`;
}

/** SQL of a number from 0 to below `total`, always the same for this run and reader. */
export const drawnSql = (total: number, { run, reader }: { run: string; reader: string }): string =>
  `(hashint8extended(${reader}, ${run}) & 9223372036854775807) % ${total}`;
