/** What a consumer has to tell its process about. Nothing in it is personal: names, ids and the errors of libraries. */
import type { QueueName } from "./define-job.ts";
import type { JobName } from "./jobs.ts";
import { textOf } from "./within.ts";

export type Trouble =
  /** A handler threw. Its job is gone; what it should have done is still due. */
  | { readonly is: "handler-failed"; readonly job: JobName; readonly id: string; readonly error: unknown }
  /** A job that is not in the catalog, or not with this payload: knocked by another release. It is gone. */
  | { readonly is: "job-refused"; readonly name: string; readonly id: string; readonly detail: string }
  /** The backend failed us. Workers go on trying. */
  | { readonly is: "queue-failed"; readonly queue: QueueName; readonly error: unknown }
  /** Jobs waited and the worker, idle, took none: it was replaced. */
  | { readonly is: "worker-replaced"; readonly queue: QueueName; readonly waiting: number };

/** Must not throw. */
export type OnTrouble = (trouble: Trouble) => void;

const quietMs = 5_000;
const remembered = 100;

/** A backend that is down makes BullMQ say the same many times a second; here a queue says the same once in five seconds. */
export function tellOnce(onTrouble: OnTrouble): OnTrouble {
  const toldAt = new Map<string, number>();
  return (trouble) => {
    if (trouble.is === "queue-failed") {
      const text = `${trouble.queue} ${textOf(trouble.error)}`;
      const now = performance.now();
      if (now - (toldAt.get(text) ?? Number.NEGATIVE_INFINITY) < quietMs) return;
      if (toldAt.size >= remembered) toldAt.clear();
      toldAt.set(text, now);
    }
    onTrouble(trouble);
  };
}
