/** Everything of a workspace stops and goes on by one row, which lease and permit both look at. */
import type { Id } from "@chorus/core/id";
import { notifySql } from "./fence.ts";
import { inFlightOfWorkspace } from "./in-flight.ts";
import { type Db, inOneTrip, inTransaction } from "./open.ts";

export type Stop = { readonly at: Date; readonly because: string };

export type Stopped = { readonly stopped: number; readonly alreadyWithProvider: number };

/**
 * Nothing of the workspace leaves or is launched from now on; who did is written down with it. Answers how many runs were
 * sending, and how much of them a provider had already; a stop that stands keeps its reason.
 */
export async function stopEverything(
  db: Db,
  of: { workspaceId: Id; personId: Id | null; because: string },
): Promise<Stopped> {
  const stop = {
    name: "stop everything",
    text: `with stopped as (
       update workspace set stopped_because = case when stopped_at is null then $3 else stopped_because end,
                            stopped_at = coalesce(stopped_at, chorus_now())
        where id = $1 returning id, ${notifySql("workspace", "id")}
     ),
     noted as (
       insert into audit (workspace_id, person_id, action, subject, detail)
       select id, $2::bigint, 'workspace.stop', 'workspace:' || id, jsonb_build_object('because', $3::text) from stopped
     )
     select count(*)::int as runs from stopped s join run r on r.workspace_id = s.id and r.state = 'sending'`,
    values: [of.workspaceId, of.personId, of.because],
  };
  const [stopped, inFlight] = await inOneTrip(db.ledger, [stop, inFlightOfWorkspace(of.workspaceId)]);
  return { stopped: stopped?.rows[0].runs, alreadyWithProvider: inFlight?.rows[0].count };
}

export type Released = { readonly released: boolean; readonly held: number };

/** What may go on: everything, or of the campaigns only these runs. The others are held, each to be resumed or cancelled. */
export async function releaseEverything(db: Db, of: { workspaceId: Id; only?: readonly Id[] }): Promise<Released> {
  return await inTransaction(db, async (sql) => {
    const { rowCount } = await sql.query(
      "update workspace set stopped_at = null, stopped_because = null where id = $1 and stopped_at is not null",
      [of.workspaceId],
    );
    if (rowCount === 0 || !of.only) return { released: rowCount === 1, held: 0 };
    const others = await sql.query(
      `update run set state = 'held', epoch = epoch + 1, state_because = 'Everything was released but this.'
        where workspace_id = $1 and campaign_id is not null and state = 'sending' and id <> all($2)
       returning ${notifySql("run", "id")}`,
      [of.workspaceId, of.only],
    );
    return { released: true, held: others.rowCount ?? 0 };
  });
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

/** Everything that is stopped in this installation, for whoever starts it. */
export async function listStops(db: Db): Promise<{ workspace: string; because: string }[]> {
  const { rows } = await db.sql.query<{ workspace: string; because: string }>(
    `select name as workspace, stopped_because as because from workspace where stopped_at is not null order by id`,
  );
  return rows;
}
