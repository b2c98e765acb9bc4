/** Does something again and again, never twice at once; a failure is told and does not end it. */
export type Loop = { stop(): Promise<void> };

export function every(intervalMs: number, work: () => Promise<void>, onError: (error: unknown) => void): Loop {
  let stopped = false;
  let wake = () => {};
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, intervalMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const running = (async () => {
    while (!stopped) {
      await work().catch(onError);
      if (!stopped) await pause();
    }
  })();
  return {
    stop() {
      stopped = true;
      wake();
      return running;
    },
  };
}
