/** The ledger as a stream, to be compared with what the providers say they took. */
import type { Id } from "@chorus/core/id";
import { type MessageState, messageStates } from "@chorus/core/message";
import type { Db } from "./open.ts";

export type LedgerLine = {
  readonly runId: Id;
  readonly messageId: Id;
  readonly channel: string;
  readonly state: MessageState;
};

const pageSize = 10_000;
const stateNames = new Map<number, MessageState>(
  Object.entries(messageStates).map(([name, no]) => [no, name as MessageState]),
);

/** Every message of a run, or of all runs, save those that were skipped and so never had a hand-over; by run and id. */
export async function* eachHandedOver(db: Db, runId: Id | null): AsyncGenerator<LedgerLine> {
  let after = { runId: "0", messageId: "0" };
  for (;;) {
    const { rows } = await db.sql.query<{ runId: Id; messageId: Id; channelNo: number; stateNo: number }>(
      `select m.run_id as "runId", m.id as "messageId", m.channel_no as "channelNo", coalesce(d.state, m.state) as "stateNo"
         from message m left join due d on d.message_id = m.id
        where (m.run_id, m.id) > ($1, $2) and ($3::bigint is null or m.run_id = $3) and m.state <> ${messageStates.skipped}
        order by m.run_id, m.id limit ${pageSize}`,
      [after.runId, after.messageId, runId],
    );
    for (const { channelNo, stateNo, ...of } of rows) {
      const state = stateNames.get(stateNo);
      if (!state) throw new Error(`The ledger holds a message state this version does not know: ${stateNo}.`);
      yield { ...of, channel: db.channels.idOf(channelNo), state };
    }
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return;
    after = { runId: last.runId, messageId: last.messageId };
  }
}
