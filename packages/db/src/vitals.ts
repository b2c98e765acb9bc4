/** What a monitor wants to know of the ledger, counted by PostgreSQL in one go. */
import { type MessageState, messageStates } from "@chorus/core/message";
import { isHeld } from "./imports.ts";
import type { Db } from "./open.ts";

export type Vitals = {
  readonly messages: readonly { channel: string; state: MessageState; count: number }[];
  readonly runs: readonly { state: string; count: number }[];
  /** Messages that could go out now, and for how many seconds the oldest of them has been able to. */
  readonly due: readonly { channel: string; count: number; oldestInSeconds: number }[];
  readonly openDoubts: number;
  readonly livingWorkers: number;
  readonly runningImports: number;
  /** Names of the invariants that did not hold when the books were last looked at. */
  readonly brokenInvariants: readonly string[];
};

const stateNames = new Map<number, MessageState>(
  Object.entries(messageStates).map(([name, number]) => [number, name as MessageState]),
);

/** Reads the whole ledger: some hundred milliseconds a million messages, so its caller keeps the answer for a while. */
export async function readVitals(db: Db): Promise<Vitals> {
  const { rows } = await db.sql.query<Record<keyof Vitals, unknown>>(
    `select
       (select coalesce(json_agg(m), '[]') from (
          select channel_no as "channelNo", state, count(*)::int as count from message group by 1, 2) m) as messages,
       (select coalesce(json_agg(r), '[]') from (select state, count(*)::int as count from run group by 1) r) as runs,
       (select coalesce(json_agg(d), '[]') from (
          select due.channel_no as "channelNo", count(*)::int as count,
                 extract(epoch from chorus_now() - min(due.not_before))::float8 as "oldestInSeconds"
            from due join run on run.id = due.run_id and run.state in ('sending', 'cancelling')
           where due.not_before <= chorus_now() group by 1) d) as due,
       (select count(*)::int from doubt where resolved_at is null) as "openDoubts",
       (select count(*)::int from worker where alive_until > chorus_now()) as "livingWorkers",
       (select count(*)::int from import where state = 'running' and ${isHeld}) as "runningImports",
       (select to_json(broken) from books_check) as "brokenInvariants"`,
  );
  const row = rows[0] as unknown as Stored | undefined;
  if (!row) throw new Error("PostgreSQL counted nothing.");
  return {
    ...row,
    messages: row.messages.map(({ channelNo, state, count }) => ({
      channel: db.channels.idOf(channelNo),
      state: stateNames.get(state) ?? "waiting",
      count,
    })),
    due: row.due.map(({ channelNo, ...rest }) => ({ channel: db.channels.idOf(channelNo), ...rest })),
  };
}

type Stored = Omit<Vitals, "messages" | "due"> & {
  messages: { channelNo: number; state: number; count: number }[];
  due: { channelNo: number; count: number; oldestInSeconds: number }[];
};
