/**
 * Tells a wedged worker from an idle one. A worker can be dead while everything about it looks healthy (BullMQ 6.2 after
 * 15 s without Redis: `isRunning()` true, five jobs waiting, for ever), so only what it does is believed.
 */

/** A queue and its worker at one moment. */
export type Look = {
  /** Jobs this worker has taken since it was first opened. */
  readonly taken: number;
  /** It could take another job. */
  readonly hasRoom: boolean;
  readonly waiting: number;
  readonly isPaused: boolean;
};

/** Jobs waited at both looks, the worker had room at both, and in between it took none. */
export function isStuck(before: Look | null, now: Look): boolean {
  if (before === null || now.isPaused || before.isPaused) return false;
  return before.waiting > 0 && now.waiting > 0 && before.hasRoom && now.hasRoom && before.taken === now.taken;
}
