/** What a worker left between permit and result, for whoever can tell what of it never left. */
import type { Id } from "@chorus/core/id";
import { type HandOverRef, isUnprovenSql } from "./doubts.ts";
import type { Db } from "./open.ts";

export type LeftBehind = {
  /** The last that this database knows of it: until when it was believed to live, or a later permit. */
  readonly knownUntil: Date;
  /** Nothing will be added. */
  readonly isAll: boolean;
  readonly doubts: readonly HandOverRef[];
};

/** The sweep lists what a worker leaves within seconds of its end. */
const listedWithin = "interval '1 minute'";

/** Null: this database knows no such worker. */
export async function readLeftBehind(db: Db, workerId: Id): Promise<LeftBehind | null> {
  const { rows: workers } = await db.sql.query<Pick<LeftBehind, "knownUntil" | "isAll">>(
    `select greatest(alive_until, (select max(permitted_at) from doubt where worker_id = $1)) as "knownUntil", alive_until < chorus_now() - ${listedWithin} as "isAll" from worker where id = $1`,
    [workerId],
  );
  const worker = workers[0];
  if (!worker) return null;
  const { rows: doubts } = await db.sql.query<HandOverRef>(
    `select run_id as "runId", message_id as "messageId", attempt from doubt
      where worker_id = $1 and ${isUnprovenSql("doubt")}`,
    [workerId],
  );
  return { ...worker, doubts };
}
