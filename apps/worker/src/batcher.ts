/**
 * Many small questions, few statements: while one batch is with the database, the next one gathers. A committed
 * statement a message would cost one disk flush each; batches make thousands a second of the same promise.
 */
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

/** `run` answers in the order of the questions. */
export function openBatcher<Question, Answer>(of: {
  atMost: number;
  run: (questions: readonly Question[]) => Promise<readonly Answer[]>;
}): Batcher<Question, Answer> {
  const waiting: Waiting<Question, Answer>[] = [];
  let draining: Promise<void> | null = null;

  async function drain() {
    await new Promise(setImmediate); // everything that asks in this turn of the event loop joins the first batch
    while (waiting.length > 0) {
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
