/** How many hand-overs to one carrier may be under way at once in this process. */
export type Slots = {
  /** Resolves with the function that gives the slot back. */
  take(): Promise<() => void>;
};

export function openSlots(count: number): Slots {
  let free = count;
  const queue: (() => void)[] = [];
  const giveBack = () => {
    const next = queue.shift();
    if (next) next();
    else free++;
  };
  return {
    async take() {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => queue.push(resolve));
      let given = false;
      return () => {
        if (!given) giveBack();
        given = true;
      };
    },
  };
}
