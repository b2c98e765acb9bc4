/** Everything that shall happen a little later, so that closing the sandbox leaves nothing behind. */
export type Timers = {
  after(milliseconds: number, action: () => void): void;
  /** Forgets what has not happened yet. */
  close(): void;
};

export function openTimers(): Timers {
  const waiting = new Set<NodeJS.Timeout>();
  let closed = false;
  return {
    after(milliseconds, action) {
      if (closed) return;
      const timer = setTimeout(() => {
        waiting.delete(timer);
        action();
      }, milliseconds);
      waiting.add(timer);
    },
    close() {
      closed = true;
      for (const timer of waiting) clearTimeout(timer);
      waiting.clear();
    },
  };
}
