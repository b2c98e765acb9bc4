/** Workers say that they live; what a dead one had in its hands is taken back without waiting for its lease. */
import type { Id } from "@chorus/core/id";
import type { Db } from "./open.ts";

export const beatEveryMs = 2_000;
const believedForMs = 10_000;

export async function registerWorker(db: Db, name: string): Promise<Id> {
  const { rows } = await db.sql.query<{ id: Id }>(
    "insert into worker (name, alive_until) values ($1, chorus_now() + make_interval(secs => $2)) returning id",
    [name, believedForMs / 1000],
  );
  const worker = rows[0];
  if (!worker) throw new Error("The worker could not register.");
  return worker.id;
}

export async function beat(db: Db, workerId: Id): Promise<void> {
  await db.sql.query("update worker set alive_until = chorus_now() + make_interval(secs => $2) where id = $1", [
    workerId,
    believedForMs / 1000,
  ]);
}

/** A worker that stops in order says so, and nothing of its needs to be waited for. */
export async function retireWorker(db: Db, workerId: Id): Promise<void> {
  await db.sql.query("update worker set alive_until = chorus_now() where id = $1", [workerId]);
}
