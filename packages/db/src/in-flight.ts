/** How many messages of a run are with a provider at this moment, without reading the run's million others. */
import type { Id } from "@chorus/core/id";
import { messageStates } from "@chorus/core/message";
import { everyLane } from "./lanes-sql.ts";
import type { Db } from "./open.ts";

/** More than all workers together can have in their hands of one lane. */
const frontOfLane = 1_000;

/**
 * A lane is leased in the order of its index, so whatever is being sent stands at its front: only that is read. An index
 * over the state would answer it too, and make every change of state on the path of a message dearer.
 */
export async function countInFlight(db: Db, runIds: readonly Id[]): Promise<number> {
  const { rows } = await db.ledger.query<{ count: string }>({
    name: "in flight",
    text: `select count(*) from unnest($1::bigint[]) as r(id) cross join channel c cross join (${everyLane}) as l
      cross join lateral (
        select d.state from due d where d.run_id = r.id and d.channel_no = c.no and d.lane = l.lane and d.class = l.class
         order by d.not_before, d.message_id limit ${frontOfLane}) front
      where front.state = ${messageStates.sending}`,
    values: [runIds],
  });
  return Number(rows[0]?.count ?? 0);
}
