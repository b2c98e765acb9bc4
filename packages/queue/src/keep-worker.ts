/** Keeps one queue's worker alive: opens it as soon as the backend allows, and replaces it when it is stuck. */
import { setTimeout as pause } from "node:timers/promises";
import type { Connection } from "./connect.ts";
import type { QueueName } from "./define-job.ts";
import { within } from "./within.ts";
import type { OpenWorker, WorkerSettings } from "./worker.ts";

export type KeptWorker = {
  isRunning(): boolean;
  /** Puts a new worker in the place of the present one, which takes nothing more but may finish what it holds. */
  rebuild(): Promise<void>;
  /** Takes nothing more, from this call on; resolves when all that was held has ended. Bounded by `partWithinMs`. */
  close(): Promise<void>;
  /** Closes every connection, whatever is still held. */
  cut(): Promise<void>;
};

const retryAfterMs = { first: 200, most: 5_000 };
/** How long a worker that takes nothing more may finish what it holds before its connections are closed. */
const partWithinMs = 30_000;

export function keepWorker(of: { connection: Connection; queue: QueueName; settings: WorkerSettings }): KeptWorker {
  const closing = new AbortController();
  /** All that may still hold jobs: the present one, and those replaced or closing until they are done. */
  const held = new Set<OpenWorker>();
  let present: OpenWorker | null = null;
  let opening: Promise<void> | null = null;

  async function open(): Promise<void> {
    for (
      let delayMs = retryAfterMs.first;
      !closing.signal.aborted;
      delayMs = Math.min(delayMs * 2, retryAfterMs.most)
    ) {
      try {
        const worker = await of.connection.worker(of.queue, of.settings);
        held.add(worker);
        if (closing.signal.aborted) return await part(worker);
        present = worker;
        return worker.run();
      } catch (error) {
        of.settings.onError(error);
        await pause(delayMs, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  }

  /** One opening at a time; whoever asks meanwhile waits for the same one. */
  function openOnce(): Promise<void> {
    opening ??= open().finally(() => {
      opening = null;
    });
    return opening;
  }

  async function part(worker: OpenWorker): Promise<void> {
    await within(partWithinMs, worker.close(), "parting with a worker").catch(of.settings.onError);
    await worker.cut();
    held.delete(worker);
  }

  void openOnce();
  return {
    isRunning: () => present?.isRunning() ?? false,
    async rebuild() {
      if (present !== null) void part(present);
      present = null;
      await openOnce();
    },
    async close() {
      closing.abort();
      await Promise.all([opening, ...[...held].map(part)]);
    },
    async cut() {
      await Promise.all([...held].map((worker) => worker.cut()));
    },
  };
}
