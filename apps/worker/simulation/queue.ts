/**
 * The simulated queue: a knock reaches some worker once, twice or never. One of an id that still waits or runs is not heard
 * again, unless whoever has it is dead or stands still.
 */
import type { JobName, Payloads } from "@chorus/queue/jobs";
import { catalog } from "@chorus/queue/jobs";
import type { Producer } from "@chorus/queue/producer";
import type { Process } from "./process.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";
import type { Weather } from "./weather.ts";

export type Taker = {
  readonly process: Process;
  isStopping(): boolean;
  run(job: JobName, payload: Payloads[JobName], id: string): Promise<void>;
};

type Place = {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly weather: Weather;
  readonly takers: () => readonly Taker[];
};

export type SimulatedQueue = { producerFor(process: Process): Producer };

export function openSimulatedQueue({ timeline, random, weather, takers }: Place): SimulatedQueue {
  const held = new Map<string, Process | null>();

  const isHeld = (id: string) => {
    const by = held.get(id);
    return by === null || (by?.isAlive() === true && !by.isStopped());
  };
  const give = (job: JobName, payload: Payloads[JobName], id: string) => {
    const able = takers().filter(({ isStopping }) => !isStopping());
    if (able.length === 0 || weather.queueAway.isOn()) return held.delete(id);
    const { process, run } = random.pick(able);
    held.set(id, process);
    process.deliver(0, () => void run(job, payload, id).finally(() => held.delete(id)));
  };

  return {
    producerFor: (process) => ({
      knock: (job, payload) =>
        new Promise((resolve) => {
          const isAway = weather.queueAway.isOn();
          process.deliver(random.between(1, 5), () =>
            resolve(isAway ? { is: "unreachable", detail: "the queue is away" } : { is: "knocked" }),
          );
          const id = catalog[job].id(payload);
          if (isAway || random.chance(weather.chances.knockLost)) return;
          const twice = random.chance(weather.chances.knockTwice);
          if (isHeld(id) && !twice) return;
          held.set(id, held.get(id) ?? null);
          for (let time = 0; time < (twice ? 2 : 1); time++)
            timeline.after(random.between(1, 50), () => give(job, payload, id));
        }),
      depths: async () => ({ is: "unreachable", detail: "nobody counts" }),
      close: async () => {},
    }),
  };
}
