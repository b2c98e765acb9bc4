/** How many jobs each queue holds. Tens are usual; thousands mean that nobody is taking them. */
import type { Connection, OpenQueue } from "./connect.ts";
import type { QueueName } from "./define-job.ts";
import { textOf, within } from "./within.ts";

export type Depth = {
  /** Jobs not yet taken, whether or not the queue is paused. */
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  /** Of those few kinds of jobs that are kept: for a person to look at, not work that waits. */
  readonly failed: number;
  readonly isPaused: boolean;
};

export type Depths =
  | { readonly is: "counted"; readonly queues: { readonly [Name in QueueName]: Depth } }
  | { readonly is: "unreachable"; readonly detail: string };

const countWithinMs = 2_000;

/** The depth of every queue, or why it cannot be had. Answers within 2 s. */
export async function readDepths(connection: Connection): Promise<Depths> {
  const depthOf = async (name: QueueName) => readDepth(await connection.queue(name));
  const all = Promise.all([depthOf("plan"), depthOf("write"), depthOf("expand"), depthOf("send"), depthOf("urgent")]);
  try {
    const [plan, write, expand, send, urgent] = await within(countWithinMs, all, "counting jobs");
    return { is: "counted", queues: { plan, write, expand, send, urgent } };
  } catch (error) {
    return { is: "unreachable", detail: textOf(error) };
  }
}

/** While a queue is paused, PostgreSQL counts its waiting jobs as paused and Redis as waiting: here they are one number. */
export async function readDepth(queue: OpenQueue): Promise<Depth> {
  const [counts, isPaused] = await Promise.all([
    queue.getJobCounts("waiting", "paused", "active", "delayed", "failed"),
    queue.isPaused(),
  ]);
  const count = (state: string) => counts[state] ?? 0;
  return {
    waiting: count("waiting") + count("paused"),
    active: count("active"),
    delayed: count("delayed"),
    failed: count("failed"),
    isPaused,
  };
}
