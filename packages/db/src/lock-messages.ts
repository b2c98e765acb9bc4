/**
 * Locks messages before a statement that settles them from a list. A callback may change the same rows at the same
 * moment, and an UPDATE with a join that has to wait for such a row looks at it anew through the join; with some plans
 * PostgreSQL 18 then drops the row, and the message would stay open for ever (race.int.test.ts). With the rows
 * locked first, the statement after it sees them as they are and waits for nobody.
 */
import type { MessageRef } from "@chorus/core/id";
import type { QueryConfig } from "pg";
import type { Sql } from "./open.ts";

/** Must be followed by another statement of the same transaction: that one has the fresh snapshot. */
export const lockStatement = (messages: readonly MessageRef[]): QueryConfig => ({
  name: "lock",
  text: "select 1 from message where run_id = any($1) and id = any($2) order by run_id, id for update",
  values: [[...new Set(messages.map((each) => each.runId))], messages.map((each) => each.messageId)],
});

export async function lockMessages(sql: Sql, messages: readonly MessageRef[]): Promise<void> {
  await sql.query(lockStatement(messages));
}
