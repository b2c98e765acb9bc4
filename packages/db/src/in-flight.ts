/** How many messages are with a provider at this moment, without reading a run's million others. */
import type { Id } from "@chorus/core/id";
import { messageStates } from "@chorus/core/message";
import type pg from "pg";
import { everyLane } from "./lanes-sql.ts";

/** More than all workers together can have in their hands of one lane. */
const frontOfLane = 1_000;

/**
 * A lane is leased in the order of its index, so whatever is being sent stands at its front: only that is read. An index
 * over the state would answer it too, and make every change of state on the path of a message dearer.
 */
const inFlightSql = (runs: string): string =>
  `select count(*)::int from (${runs}) r cross join channel c cross join (${everyLane}) as l
    cross join lateral (
      select d.state from due d where d.run_id = r.id and d.channel_no = c.no and d.lane = l.lane and d.class = l.class
       order by d.not_before, d.message_id limit ${frontOfLane}) front
    where front.state = ${messageStates.sending}`;

export const inFlightOfRun = (runId: Id): pg.QueryConfig => ({
  name: "in flight of run",
  text: inFlightSql("select $1::bigint as id"),
  values: [runId],
});

/** Of all runs that are sending. */
export const inFlightOfWorkspace = (workspaceId: Id): pg.QueryConfig => ({
  name: "in flight of workspace",
  text: inFlightSql("select id from run where workspace_id = $1 and state = 'sending'"),
  values: [workspaceId],
});
