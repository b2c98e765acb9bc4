/** How a job is declared: its name, its queue, the ids it carries, and the one id under which it waits. */
import type { z } from "zod";

/** Few queues on purpose: on PostgreSQL every queue costs each worker process a connection that listens. */
export const queueNames = ["plan", "write", "expand", "send", "urgent"] as const;
export type QueueName = (typeof queueNames)[number];

export type JobDefinition<Payload> = {
  /** Noun and verb, as stored beside the job: "variant.write". */
  readonly name: string;
  readonly queue: QueueName;
  /** Ids only: whoever can read the queue's store can read this. */
  readonly payload: z.ZodType<Payload>;
  /** Knocks with the same id while one waits or runs are one knock. */
  readonly id: (payload: Payload) => string;
  /** Its last finished and failed jobs stay, to be looked at and tried again; without it a job leaves nothing behind. */
  readonly isKept?: boolean;
};

/** BullMQ refuses ids of digits only and ids with a colon, and silently numbers an empty one: so none of these pass. */
const safeId = /^[a-z][A-Za-z0-9._-]{0,199}$/;

/** Declares a job. Its `id` throws on an id that a queue cannot keep: that is a mistake in the catalog, not in the data. */
export function defineJob<Schema extends z.ZodType>(job: {
  name: string;
  queue: QueueName;
  payload: Schema;
  id: (payload: z.output<Schema>) => string;
  isKept?: boolean;
}) {
  return {
    ...job,
    id: (payload: z.output<Schema>) => {
      const id = job.id(payload);
      if (!safeId.test(id))
        throw new Error(`${job.name}: "${id}" cannot be a job id (a letter first, then A-Z a-z 0-9 . _ -)`);
      return id;
    },
  };
}
