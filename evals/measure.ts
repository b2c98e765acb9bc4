/** What a guard's figure is made of, and how it is said. */
export type Judged = { readonly isMarked: boolean; readonly isFlagged: boolean };

export type Figures = {
  readonly rows: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly falsePositiveRate: number;
};

export function figuresOf(judged: readonly Judged[]): Figures {
  const count = (isMarked: boolean, isFlagged: boolean): number =>
    judged.filter((each) => each.isMarked === isMarked && each.isFlagged === isFlagged).length;
  const [hits, missed, alarms, passed] = [
    count(true, true),
    count(true, false),
    count(false, true),
    count(false, false),
  ];
  return {
    rows: judged.length,
    precision: share(hits, hits + alarms),
    recall: share(hits, hits + missed),
    f1: share(2 * hits, 2 * hits + missed + alarms),
    falsePositiveRate: share(alarms, alarms + passed),
  };
}

/** 0 of nothing: a set without a single marked row shows no recall. */
const share = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000);
