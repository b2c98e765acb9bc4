/** Everything of a workspace stops and goes on by one row, which lease and permit both look at. */
import type { Id } from "@chorus/core/id";
import type { Db } from "./open.ts";

export type Stop = { readonly at: Date; readonly because: string };

/** Nothing of the workspace leaves from now on. Answers how many runs were sending; a stop that stands keeps its reason. */
export async function stopEverything(db: Db, of: { workspaceId: Id; because: string }): Promise<number> {
  const { rows } = await db.sql.query<{ count: string }>(
    `with stopped as (
       update workspace set stopped_because = case when stopped_at is null then $2 else stopped_because end,
                            stopped_at = coalesce(stopped_at, chorus_now()) where id = $1
     )
     select count(*) from run where workspace_id = $1 and state = 'sending'`,
    [of.workspaceId, of.because],
  );
  return Number(rows[0]?.count ?? 0);
}

/** Answers false when nothing was stopped. */
export async function releaseEverything(db: Db, of: { workspaceId: Id }): Promise<boolean> {
  const { rowCount } = await db.sql.query(
    "update workspace set stopped_at = null, stopped_because = null where id = $1 and stopped_at is not null",
    [of.workspaceId],
  );
  return rowCount === 1;
}

/** Null while everything may leave. */
export async function readStop(db: Db, workspaceId: Id): Promise<Stop | null> {
  const { rows } = await db.sql.query<{ at: Date | null; because: string }>(
    "select stopped_at as at, stopped_because as because from workspace where id = $1",
    [workspaceId],
  );
  const row = rows[0];
  return row?.at ? { at: row.at, because: row.because } : null;
}
