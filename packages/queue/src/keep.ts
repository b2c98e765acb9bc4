/** How much a queue remembers: as little as it can. */
import type { JobsOptions } from "bullmq";

/** Nobody reads the event stream, which BullMQ writes for every job; its default keeps 10,000 of them per queue. */
export const eventsKept = { events: { maxLen: 500 } };

/**
 * A finished job that is kept blocks every later knock of its id, so none is. Nothing is retried by the queue: what has
 * not been done is still due in the ledger, and the sweep knocks again.
 */
export const jobOptions: JobsOptions = { attempts: 1, removeOnComplete: true, removeOnFail: true, stackTraceLimit: 0 };
