/** How much a queue remembers: as little as it can. */
import { randomBytes } from "node:crypto";
import type { JobsOptions } from "bullmq";

/** Nobody reads the event stream, which BullMQ writes for every job; its default keeps 10,000 of them per queue. */
export const eventsKept = { events: { maxLen: 500 } };

/** Enough to see what an evening brought, and little enough to be nothing. */
const kept = { completed: 50, failed: 200 };

/**
 * Nothing is retried by the queue: what has not been done is still due in the ledger, and the sweep knocks again.
 *
 * A job leaves nothing behind, for one that stays under its id would swallow every later knock. A job that is kept
 * therefore gets a revision behind its id, new with every knock, and the id itself is only held, as BullMQ's
 * deduplication, while it waits or runs.
 */
export function jobOptions(of: { id: string; isKept: boolean }): JobsOptions {
  const always = { attempts: 1, stackTraceLimit: 0 };
  if (!of.isKept) return { ...always, jobId: of.id, removeOnComplete: true, removeOnFail: true };
  return {
    ...always,
    jobId: `${of.id}.${newRevision()}`,
    deduplication: { id: of.id },
    removeOnComplete: { count: kept.completed },
    removeOnFail: { count: kept.failed },
  };
}

/** In the order of time, so that a list of ids reads as a history; the rest tells two knocks of one moment apart. */
const newRevision = (): string => `${Date.now().toString(36)}${randomBytes(3).toString("hex")}`;
