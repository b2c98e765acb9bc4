/** How many hand-overs to one carrier may be under way at once in this process. */
export type Slots = {
  /** Resolves with the function that gives the slot back. Whoever is urgent is served before all who are not. */
  take(how: { urgent: boolean }): Promise<() => void>;
};

export function openSlots(count: number): Slots {
  let free = count;
  const urgentQueue: (() => void)[] = [];
  const queue: (() => void)[] = [];
  const giveBack = () => {
    const next = urgentQueue.shift() ?? queue.shift();
    if (next) next();
    else free++;
  };
  return {
    async take({ urgent }) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => (urgent ? urgentQueue : queue).push(resolve));
      let given = false;
      return () => {
        if (!given) giveBack();
        given = true;
      };
    },
  };
}
