/**
 * What is done about a message that was handed over and never answered for. A security code that comes twice is better
 * than none, and a receipt may come twice once; marketing goes out at most once, whatever it costs. Who can be asked is
 * asked first. A workspace may only be stricter: at most once for all it sends.
 */
import type { MessageClass } from "./message.ts";

/** Look-ups before the provider can have finished would prove nothing; a receipt's late answer may still come. */
export const silenceMs = 60_000;
/** By then a dead worker's own notes have told which of its doubts never left, where its machine lives (apps/worker/src/gate.ts). */
export const provenWithinMs = 15_000;
/** With a minute more between them each time, the last one is asked 11 minutes after the hand-over. */
export const questionsAtMost = 5;

/** When a doubt is looked at for the first time; null: never, only a person decides. */
export function doubtWaitMs(of: {
  class: MessageClass;
  canAsk: boolean;
  /** A provider that broke while it worked is done with it sooner. */
  askAfterMs?: number | undefined;
}): number | null {
  if (of.class === "security") return 0;
  if (of.canAsk) return of.askAfterMs ?? silenceMs;
  return of.class === "transactional" ? silenceMs : null;
}

/**
 * wait: it may still be on its way, and an answer would prove nothing · ask: the provider says what became of it ·
 * resend: it goes out once more, and may arrive twice · expire: nobody can use it any more · leave: a person decides
 */
export type DoubtStep = "wait" | "ask" | "resend" | "expire" | "leave";

/** `asked` counts the looks before, `resent` says that it went out twice already, `alive` that it is worth sending. */
export function doubtStep(of: {
  class: MessageClass;
  canAsk: boolean;
  asked: number;
  resent: boolean;
  atMostOnce: boolean;
  alive: boolean;
}): DoubtStep {
  const mayRepeat = of.class !== "marketing" && !of.atMostOnce && !of.resent;
  if (of.class === "security" && mayRepeat && of.alive) return "resend";
  // A code is looked at without a moment's silence, so that it can go out again; the next look is a minute later.
  if (of.canAsk && of.class === "security" && of.asked === 0) return "wait";
  if (of.canAsk && of.asked < questionsAtMost) return "ask";
  if (of.class === "security" && !of.alive) return "expire";
  return mayRepeat && of.alive ? "resend" : "leave";
}
