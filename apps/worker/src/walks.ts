/**
 * Doors that nobody answers although they were knocked on. After two seconds this worker goes through them itself, queue
 * or no queue: the rows decide what is done, and a queue that comes back meanwhile only has them looked at twice.
 */
import type { Handlers } from "@chorus/queue/consumer";
import type { QueueName } from "@chorus/queue/define-job";
import { catalog, type JobName, type Payloads } from "@chorus/queue/jobs";
import type { Task } from "@chorus/queue/task";
import type { World } from "./world.ts";

/** What sending stands on. Copy can wait for its queue, and writing it twice costs money. */
type Walked = Extract<JobName, "launchRuns" | "expandAudience" | "pumpLane" | "pumpUrgent">;

export type Door = Task & {
  readonly queue: QueueName;
  /** Somebody is at work behind it, or will be. */
  readonly isAnswered: boolean;
  enter(handlers: Handlers<World>, world: World, how: { signal: AbortSignal }): Promise<void>;
};

export const doorTo = <Name extends Walked>(job: Name, payload: Payloads[Name], isAnswered: boolean): Door => ({
  job,
  id: catalog[job].id(payload),
  queue: catalog[job].queue,
  isAnswered,
  enter: (handlers, world, how) => handlers[job](world, payload, how),
});

export type Walks = {
  /** All doors behind which something is due now. */
  see(doors: readonly Door[]): void;
  /** Stops at the next safe point; resolves when all have. */
  close(): Promise<void>;
};

type Place = {
  readonly world: World;
  readonly handlers: Handlers<World>;
  /** What the queue gave this worker to do. */
  readonly running: () => readonly Task[];
  /** Jobs of each queue at a time, whoever begins them. */
  readonly concurrency: Readonly<Record<QueueName, number>>;
  /** Milliseconds of a steady clock. */
  readonly now?: () => number;
};

const patienceMs = 2_000;

export function openWalks(of: Place): Walks {
  const { world, handlers, running, concurrency, now = () => performance.now() } = of;
  const stopping = new AbortController();
  const unansweredSince = new Map<string, number>();
  const walking = new Map<string, { readonly task: Task; readonly done: Promise<void> }>();
  const atWork = () => [...running(), ...[...walking.values()].map(({ task }) => task)];
  const hasRoom = (queue: QueueName) =>
    atWork().filter(({ job }) => catalog[job].queue === queue).length < concurrency[queue];

  function enter(door: Door): void {
    const { job, id } = door;
    world.log.warn({ job, id }, "door.unanswered");
    const done = door
      .enter(handlers, world, { signal: stopping.signal })
      .catch((error: unknown) => world.log.error({ job, id, error: String(error) }, "walk.failed"))
      .finally(() => walking.delete(id));
    walking.set(id, { task: { job, id }, done });
  }

  return {
    see(doors) {
      const at = now();
      const busy = new Set(atWork().map(({ id }) => id));
      const unanswered = doors.filter(({ isAnswered, id }) => !isAnswered && !busy.has(id));
      const ids = new Set(unanswered.map(({ id }) => id));
      for (const id of unansweredSince.keys()) if (!ids.has(id)) unansweredSince.delete(id);
      for (const door of unanswered) {
        const since = unansweredSince.get(door.id) ?? at;
        unansweredSince.set(door.id, since);
        if (at - since >= patienceMs && !stopping.signal.aborted && hasRoom(door.queue)) enter(door);
      }
    },
    async close() {
      stopping.abort();
      await Promise.all([...walking.values()].map(({ done }) => done));
    },
  };
}
