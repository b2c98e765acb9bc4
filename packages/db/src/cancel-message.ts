/** Calls one message off while it still waits. */
import type { Id, MessageRef } from "@chorus/core/id";
import { type MessageState, messageStates } from "@chorus/core/message";
import { lockMessages } from "./lock-messages.ts";
import { getMessage } from "./messages.ts";
import { type Db, inTransaction } from "./open.ts";

export type Cancelled = { is: "cancelled" } | { is: "too_late"; state: MessageState } | { is: "missing" };

/** A leased one is called off too: its permit finds no row and is refused. Twice is no error. */
export async function cancelMessage(db: Db, of: { workspaceId: Id; ref: MessageRef }): Promise<Cancelled> {
  const gone = await inTransaction(db, async (sql) => {
    await lockMessages(sql, [of.ref]);
    const { rowCount } = await sql.query(
      `with gone as (
         delete from due d using message m
          where m.run_id = $1 and m.id = $2 and m.workspace_id = $3 and d.message_id = m.id
            and d.state in (${messageStates.waiting}, ${messageStates.leased})
         returning d.run_id, d.message_id, d.attempt
       )
       update message m set state = ${messageStates.cancelled}, attempt = gone.attempt, settled_at = chorus_now()
         from gone where m.run_id = gone.run_id and m.id = gone.message_id`,
      [of.ref.runId, of.ref.messageId, of.workspaceId],
    );
    return rowCount === 1;
  });
  if (gone) return { is: "cancelled" };
  const message = await getMessage(db, of);
  if (!message) return { is: "missing" };
  return message.state === "cancelled" ? { is: "cancelled" } : { is: "too_late", state: message.state };
}
