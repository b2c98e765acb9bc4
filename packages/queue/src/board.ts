/** The queues as bull-board wants to see them, on either backend. Opened when somebody first looks. */
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import type { Queue } from "bullmq";
import { type Connection, type OpenQueue, openConnection } from "./connect.ts";
import { queueNames } from "./define-job.ts";
import { textOf, within } from "./within.ts";

/** One queue, for bull-board's `createBoard`. */
export type BoardQueue = BullMQAdapter;

export type BoardQueues =
  | { readonly is: "open"; readonly queues: readonly BoardQueue[] }
  | { readonly is: "unreachable"; readonly detail: string };

export type Board = {
  /** Every queue, the same adapters each time. Answers within 2 s. */
  queues(): Promise<BoardQueues>;
  close(): Promise<void>;
};

const openWithinMs = 2_000;

const about: Record<(typeof queueNames)[number], string> = {
  plan: "Campaigns that are planned, and schedules that come due. Leaves nothing behind.",
  write: "Copy, one job for each variant and revision. The last finished and failed ones stay.",
  expand: "The ledger of a run, written page by page. The last finished and failed ones stay.",
  send: "Pumps of campaigns, one for each lane. They leave nothing behind.",
  urgent: "Pumps of security and transactional messages, which wait behind no campaign. They leave nothing behind.",
};

export function openBoard(of: { url: string }): Board {
  let connection: Connection | null = null;
  let opened: readonly BoardQueue[] | null = null;

  async function open(): Promise<readonly BoardQueue[]> {
    connection ??= openConnection(of.url, "produce");
    const held = connection;
    return await Promise.all(queueNames.map(async (name) => adapt(await held.queue(name), about[name])));
  }

  return {
    async queues() {
      try {
        opened ??= await within(openWithinMs, open(), "opening the board");
        return { is: "open", queues: opened };
      } catch (error) {
        return { is: "unreachable", detail: textOf(error) };
      }
    },
    close: async () => connection?.close(),
  };
}

/** The rest of the house sees as little of a queue as it needs; the board is made for the whole of it. */
function adapt(queue: OpenQueue, description: string): BoardQueue {
  return new BullMQAdapter(queue as OpenQueue & Queue, { description });
}
