/** One BullMQ worker, with the settings every worker here has, on whichever backend. */
import { within } from "./within.ts";

/** As much of a stored job as a worker looks at. */
export type StoredJob = { readonly id?: string | undefined; readonly name: string; readonly data: unknown };

export type WorkerSettings = {
  readonly concurrency: number;
  /** Runs one job. A rejection removes the job; its text is stored with the job's events, so it must say nothing personal. */
  process(job: StoredJob): Promise<void>;
  onError(error: unknown): void;
  /** These jobs may by now be running elsewhere too. */
  onLocksLost(ids: readonly string[]): void;
};

export type OpenWorker = {
  run(): void;
  isRunning(): boolean;
  /** Takes no more jobs, from this call on; resolves when those it holds have ended. Unbounded. */
  close(): Promise<void>;
  /** Closes its connections, whatever it holds. Bounded. */
  cut(): Promise<void>;
};

/**
 * A job whose worker died is taken up again 6 to 10 s later (lock, then two looks for the stalled), and until then every
 * knock of its id is ignored. BullMQ's own 30 s and 30 s would leave a lane silent for a minute. A lock lost by mistake
 * costs nothing but a second look.
 */
export const workerOptions = {
  autorun: false,
  lockDuration: 6_000,
  stalledInterval: 2_000,
  /** A job may have been cut short by any number of crashes: how often something is tried is the ledger's decision. */
  maxStalledCount: 100,
  /** How soon a worker asks again after a refused connection; BullMQ's default is 15 s. */
  runRetryDelay: 1_000,
  /** The version is looked at by inspectQueue, which can say so to a person; an ACL may forbid INFO. */
  skipVersionCheck: true,
} as const;

const readyWithinMs = 5_000;
const cutWithinMs = 1_000;

/** BullMQ's Worker, on any backend: as much of it as is used. */
type BullWorker = {
  run(): Promise<void>;
  isRunning(): boolean;
  close(force?: boolean): Promise<void>;
  waitUntilReady(): Promise<void>;
  getBackend(): { close(force?: boolean): Promise<void> };
  on(event: "error", listener: (error: unknown) => void): unknown;
  on(event: "lockRenewalFailed", listener: (ids: string[]) => void): unknown;
};

/**
 * Waits until a worker made with `autorun: false` is ready, and only then gives it away. A worker that runs before its
 * PostgreSQL backend is ready, and finds it unusable, asks again in an endless loop without ever yielding: the
 * process hangs (seen with BullMQ 6.7.0 on a database without its schema).
 */
export async function readyWorker(worker: BullWorker, settings: WorkerSettings): Promise<OpenWorker> {
  worker.on("error", settings.onError);
  worker.on("lockRenewalFailed", settings.onLocksLost);
  const cut = async () => {
    // The worker's own close() waits for the jobs it holds, or for a socket that will never answer.
    await within(cutWithinMs, worker.getBackend().close(true), "closing a worker's connections").catch(
      settings.onError,
    );
    void worker.close(true).catch(() => {});
  };
  try {
    await within(readyWithinMs, worker.waitUntilReady(), "connecting a worker");
  } catch (error) {
    await cut();
    throw error;
  }
  return {
    run: () => void worker.run().catch(settings.onError),
    isRunning: () => worker.isRunning(),
    close: () => worker.close(),
    cut,
  };
}
