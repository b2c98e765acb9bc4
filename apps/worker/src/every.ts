/** Does something again and again, never twice at once; a failure is told and does not end it. */
import { realTime, type Time } from "./time.ts";

export type Loop = { stop(): Promise<void> };

export function every(
  intervalMs: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
  time: Time = realTime,
): Loop {
  let stopped = false;
  let wake = () => {};
  const pause = () =>
    new Promise<void>((resolve) => {
      const cancel = time.after(intervalMs, resolve);
      wake = () => {
        cancel();
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
