/** The one clock of a simulated world. Nothing waits: the next event is simply now. What falls on one instant is shuffled. */
import type { Random } from "./random.ts";

export type Timeline = {
  now(): number;
  /** Returns what calls it off. */
  after(ms: number, run: () => void): () => void;
  /** Plays the next event, with all that the code of the workers does before it waits again. False: there is none. */
  step(): Promise<boolean>;
  /** Lets so much time pass in which nothing happens: everything that was to come comes as much later. */
  skip(ms: number): void;
};

type Event = { at: number; readonly order: number; run: (() => void) | null };

const isBefore = (one: Event, other: Event) => one.at < other.at || (one.at === other.at && one.order < other.order);

export function openTimeline(random: Random): Timeline {
  let now = 0;
  const heap: Event[] = [];

  const swap = (one: number, other: number) => {
    [heap[one], heap[other]] = [heap[other] as Event, heap[one] as Event];
  };
  const add = (event: Event) => {
    let place = heap.push(event) - 1;
    for (let above = (place - 1) >> 1; place > 0 && isBefore(event, heap[above] as Event); above = (place - 1) >> 1) {
      swap(place, above);
      place = above;
    }
  };
  const takeFirst = (): Event | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    heap[0] = last;
    for (let place = 0; ; ) {
      const left = 2 * place + 1;
      const right = heap[left + 1];
      const smaller = right && isBefore(right, heap[left] as Event) ? left + 1 : left;
      if (left >= heap.length || !isBefore(heap[smaller] as Event, last)) return first;
      swap(place, smaller);
      place = smaller;
    }
  };

  return {
    now: () => now,
    after(ms, run) {
      const event: Event = { at: now + Math.max(0, ms), order: random.next(), run };
      add(event);
      return () => {
        event.run = null;
      };
    },
    async step() {
      let event = takeFirst();
      while (event && event.run === null) event = takeFirst();
      if (!event?.run) return false;
      now = event.at;
      event.run();
      await new Promise<void>((resolve) => void setImmediate(resolve));
      return true;
    },
    skip(ms) {
      now += ms;
      for (const event of heap) event.at += ms;
    },
  };
}
