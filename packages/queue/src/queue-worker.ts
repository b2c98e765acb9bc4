/** All that one queue has in a consumer: a worker that is kept alive, the handlers it runs, and a watch over both. */
import type { Connection } from "./connect.ts";
import type { Handlers } from "./consumer.ts";
import type { QueueName } from "./define-job.ts";
import { readDepth } from "./depth.ts";
import { keepWorker } from "./keep-worker.ts";
import { openTasks, type Task } from "./task.ts";
import type { OnTrouble } from "./trouble.ts";
import { isStuck, type Look } from "./watch.ts";
import { within } from "./within.ts";

export type QueueWorker = {
  isRunning(): boolean;
  /** What handlers are at work on. */
  running(): readonly Task[];
  rebuild(): Promise<void>;
  /** Takes no more jobs, tells the running handlers to stop, waits at most so long for them, and closes. */
  close(withinMs: number): Promise<readonly Task[]>;
};

const lookEveryMs = 5_000;
/** Once no handler runs, the backend is given this long to hear of it; one that is away must not hold up a stop. */
const settleWithinMs = 2_000;

export function openQueueWorker<World>(of: {
  connection: Connection;
  queue: QueueName;
  handlers: Handlers<World>;
  world: World;
  concurrency: number;
  tell: OnTrouble;
}): QueueWorker {
  const { connection, queue, concurrency, tell } = of;
  const tasks = openTasks(of);
  const onError = (error: unknown) => tell({ is: "queue-failed", queue, error });
  const settings = { concurrency, process: tasks.process, onError, onLocksLost: tasks.stopThese };
  const worker = keepWorker({ connection, queue, settings });

  async function look(): Promise<Look> {
    const depth = await within(lookEveryMs, connection.queue(queue).then(readDepth), "counting jobs");
    return { ...depth, taken: tasks.taken(), hasRoom: tasks.running().length < concurrency };
  }

  let before: Look | null = null;
  async function watch(): Promise<void> {
    // A backend that cannot be asked is no reason to replace a worker: both recover together.
    const now = await look().catch(() => null);
    const stuck = now !== null && isStuck(before, now);
    before = stuck ? null : now;
    if (!stuck) return;
    tell({ is: "worker-replaced", queue, waiting: now.waiting });
    await worker.rebuild();
  }
  const watching = setInterval(watch, lookEveryMs);

  return {
    isRunning: worker.isRunning,
    running: tasks.running,
    rebuild: worker.rebuild,
    async close(withinMs) {
      clearInterval(watching);
      const closed = worker.close();
      tasks.stopAll();
      await within(withinMs, tasks.ended(), "stopping").catch(() => {});
      await within(settleWithinMs, closed, "settling").catch(() => {});
      const abandoned = tasks.running();
      await worker.cut();
      return abandoned;
    },
  };
}
