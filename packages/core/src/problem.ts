/** What is wrong with an input, said so that a person can mend it. The API's errors[] and a review's findings are these. */
export type Problem = {
  /** Where, as a JSON path: `contents.sms.text`. Empty for the whole input. */
  readonly path: string;
  /** A stable word for programs: `email.multiple`, `slot.unknown_fact`. */
  readonly code: string;
  /** A sentence that says what to do. Holds no personal data. */
  readonly message: string;
  readonly got?: string | undefined;
  /**
   * "warning": shown to whoever approves, and stops nothing. "needs_evidence": may be approved once somebody has recorded
   * what shows it. Without it the input is refused.
   */
  readonly severity?: "warning" | "needs_evidence" | undefined;
};

/** The problems that stop an input, without the warnings. */
export const refusalsIn = (problems: readonly Problem[]): Problem[] =>
  problems.filter((problem) => problem.severity !== "warning");

export type Checked<T> = { is: "ok"; value: T } | { is: "bad"; problems: readonly Problem[] };
export const ok = <T>(value: T): Checked<T> => ({ is: "ok", value });
export const bad = (...problems: readonly Problem[]): Checked<never> => ({ is: "bad", problems });
