/** Looks at sending after every sweep and does what may help: tells, replaces the queue's workers, asks for a fresh process. */
import type { Swept } from "@chorus/db/sweep";
import type { Consumer } from "@chorus/queue/consumer";
import { openProgress } from "./progress.ts";
import type { World } from "./world.ts";

export type Rescue = {
  look(swept: Swept): void;
  /** Nothing moves, and no provider is to blame. */
  isStuck(): boolean;
};

type Place = {
  readonly world: World;
  readonly consumer: Pick<Consumer, "rebuild" | "isRunning">;
  /** Nothing helped: this process had better be replaced. */
  readonly giveUp: (because: string) => void;
};

export function openRescue({ world, consumer, giveUp }: Place): Rescue {
  const { log, carriers, tally } = world;
  const progress = openProgress();
  return {
    look({ lanes, isSending }) {
      const late = lanes.filter((lane) => lane.isLate);
      const handedOver = carriers.underWay();
      const step = progress.look({
        at: performance.now(),
        isLate: late.length > 0,
        lastPermitAt: tally.lastAt(),
        isSending,
        isWaiting: handedOver > 0,
      });
      switch (step) {
        case "alarm":
          return log.error({ lanes: late.length, handedOver, queueRuns: consumer.isRunning() }, "sending.stands_still");
        case "rebuild":
          log.error({ lanes: late.length }, "queue.rebuilt");
          return void consumer.rebuild(); // with the queue away it takes as long as that lasts
        case "give_up":
          return giveUp(
            "something has been due for long, no permit was given anywhere, and a new queue worker did not help",
          );
        case "all_clear":
          return log.info("sending.moves");
      }
    },
    isStuck: progress.isStuck,
  };
}
