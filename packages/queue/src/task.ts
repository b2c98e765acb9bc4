/** Running handlers: from a stored job to its handler and back, and the means to stop those that run. */
import type { z } from "zod";
import type { Handlers } from "./consumer.ts";
import { catalog, type JobName, jobNamed } from "./jobs.ts";
import type { OnTrouble } from "./trouble.ts";
import type { StoredJob } from "./worker.ts";

/** A job that a handler is at work on. */
export type Task = { readonly job: JobName; readonly id: string };

export type Tasks = {
  /** Runs a stored job's handler. Rejects, in words fit to be stored, when the handler failed. */
  process(stored: StoredJob): Promise<void>;
  /** Resolves when everything that runs now has ended. */
  ended(): Promise<unknown>;
  running(): readonly Task[];
  /** How many jobs were ever taken. */
  taken(): number;
  stopThese(ids: readonly string[]): void;
  /** Also stops, at its start, whatever is still taken afterwards. */
  stopAll(): void;
};

type Stoppable = Task & { readonly stop: AbortController };

export function openTasks<World>(of: { handlers: Handlers<World>; world: World; tell: OnTrouble }): Tasks {
  const tasks = new Map<Stoppable, Promise<void>>();
  let taken = 0;
  let stopping = false;

  async function run<Name extends JobName>(task: Stoppable & { job: Name }, data: unknown): Promise<void> {
    const { job, id, stop } = task;
    const payload = catalog[job].payload.safeParse(data);
    if (!payload.success)
      return of.tell({ is: "job-refused", name: catalog[job].name, id, detail: textOfIssues(payload.error) });
    try {
      await of.handlers[job](of.world, payload.data, { signal: stop.signal });
    } catch (error) {
      if (stop.signal.aborted && isAbort(error, stop.signal)) return;
      of.tell({ is: "handler-failed", job, id, error });
      // BullMQ stores the message of what it catches; the handler's own may hold an address or a text.
      throw new Error(`${job} failed`);
    }
  }

  return {
    async process(stored) {
      taken += 1;
      const job = jobNamed(stored.name);
      const id = stored.id ?? "";
      if (job === null)
        return of.tell({ is: "job-refused", name: stored.name, id, detail: "no such job in this release" });
      const task: Stoppable = { job, id, stop: new AbortController() };
      if (stopping) task.stop.abort();
      const work = run(task, stored.data).finally(() => tasks.delete(task));
      tasks.set(task, work);
      await work;
    },
    ended: () => Promise.allSettled(tasks.values()),
    running: () => [...tasks.keys()].map(({ job, id }) => ({ job, id })),
    taken: () => taken,
    stopThese(ids) {
      for (const task of tasks.keys()) if (ids.includes(task.id)) task.stop.abort();
    },
    stopAll() {
      stopping = true;
      for (const task of tasks.keys()) task.stop.abort();
    },
  };
}

/** The handler stopped because it was told to: it threw the signal's own reason, or what Node's functions throw on abort. */
function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === "AbortError");
}

/** Which fields are wrong, without what stood in them. */
function textOfIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".") || "payload"}: ${issue.code}`).join("; ");
}
