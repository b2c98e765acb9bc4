/**
 * Many small questions, few statements: while one batch is with the database, the next one gathers. A committed
 * statement a message would cost one disk flush each; batches make thousands a second of the same promise.
 */
import { realTime, type Time } from "./time.ts";

export type Batcher<Question, Answer> = {
  /** Rejects when the batch it was in failed. */
  ask(question: Question): Promise<Answer>;
  /** Waits until everything asked so far is answered. */
  settled(): Promise<void>;
};

type Waiting<Question, Answer> = {
  question: Question;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
};

/**
 * `run` answers in the order of the questions. Batches begin at least `everyMs` apart, so that a busy worker asks rarely
 * and much; a question that comes alone is asked at once.
 */
export function openBatcher<Question, Answer>(of: {
  atMost: number;
  everyMs?: number;
  time?: Time;
  run: (questions: readonly Question[]) => Promise<readonly Answer[]>;
}): Batcher<Question, Answer> {
  const { time = realTime } = of;
  const waiting: Waiting<Question, Answer>[] = [];
  let draining: Promise<void> | null = null;
  let mayBeginAt = 0;

  /** At least until this turn of the event loop is over: everything that asks in it joins. */
  const gather = () => {
    const waitMs = mayBeginAt - time.now();
    return new Promise<void>((resolve) => void (waitMs > 0 ? time.after(waitMs, resolve) : time.afterTurn(resolve)));
  };

  async function drain() {
    while (waiting.length > 0) {
      await gather();
      mayBeginAt = time.now() + (of.everyMs ?? 0);
      const batch = waiting.splice(0, of.atMost);
      try {
        const answers = await of.run(batch.map((each) => each.question));
        batch.forEach((each, index) => {
          each.resolve(answers[index] as Answer);
        });
      } catch (error) {
        for (const each of batch) each.reject(error);
      }
    }
    draining = null;
  }

  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        waiting.push({ question, resolve, reject });
        draining ??= drain();
      }),
    async settled() {
      while (draining) await draining;
    },
  };
}
