/** Answering knocks: one worker per queue, handlers by the catalog, and a stop that hands back what cannot be finished. */
import { openConnection } from "./connect.ts";
import { type QueueName, queueNames } from "./define-job.ts";
import type { JobName, Payloads } from "./jobs.ts";
import { openQueueWorker } from "./queue-worker.ts";
import type { Task } from "./task.ts";
import { type OnTrouble, tellOnce } from "./trouble.ts";

/**
 * Does one job. The signal says: stop at the next safe point, because this process is stopping or another worker may
 * already have this job. What is left undone needs no mention; it is still due.
 */
export type Handler<World, Payload> = (world: World, payload: Payload, how: { signal: AbortSignal }) => Promise<void>;

/** One handler for every job of the catalog: a missing one, or one with another payload, does not compile. */
export type Handlers<World> = { readonly [Name in JobName]: Handler<World, Payloads[Name]> };

export type Closed =
  | { readonly is: "finished" }
  /** These handlers did not stop in time. Their jobs run again elsewhere some 10 s after this process is gone. */
  | { readonly is: "abandoned"; readonly jobs: readonly Task[] };

export type Consumer = {
  /** Every queue has a worker that takes jobs. False while the backend is away. */
  isRunning(): boolean;
  /** The jobs that handlers are at work on in this process. */
  running(): readonly Task[];
  /** Replaces every worker; for a watchdog that sees due rows and no progress. Running handlers are not disturbed. */
  rebuild(): Promise<void>;
  /** Takes no more jobs, tells running handlers to stop, and waits for them, but no longer than `withinMs` (20 s). */
  close(how?: { withinMs: number }): Promise<Closed>;
};

const closeWithinMs = 20_000;

/** Begins at once; when the backend is away, it is tried again until it is back, and told of through `onError`. */
export function openConsumer<World>(of: {
  url: string;
  handlers: Handlers<World>;
  world: World;
  /** How many jobs of each queue this process runs at a time, at least 1. */
  concurrency: { readonly [Name in QueueName]: number };
  onError: OnTrouble;
}): Consumer {
  const { handlers, world } = of;
  const tell = tellOnce(of.onError);
  const connection = openConnection(of.url, "consume");
  const workers = queueNames.map((queue) =>
    openQueueWorker({ connection, queue, handlers, world, concurrency: of.concurrency[queue], tell }),
  );
  return {
    isRunning: () => workers.every((worker) => worker.isRunning()),
    running: () => workers.flatMap((worker) => worker.running()),
    async rebuild() {
      await Promise.all(workers.map((worker) => worker.rebuild()));
    },
    async close({ withinMs } = { withinMs: closeWithinMs }) {
      const abandoned = await Promise.all(workers.map((worker) => worker.close(withinMs)));
      await connection.close();
      const jobs = abandoned.flat();
      return jobs.length === 0 ? { is: "finished" } : { is: "abandoned", jobs };
    },
  };
}
