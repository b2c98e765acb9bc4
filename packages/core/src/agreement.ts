/** How far raters agree beyond chance: Cohen's κ (1968), where being off by two costs four times as much as being off by one. */

export const lowestScore = 1;
export const highestScore = 5;

/** `items`: what both rated, the first's score and the second's. Null: too little to say, or nobody ever differed in anything. */
export function weightedKappa(items: readonly (readonly [number, number])[]): number | null {
  if (items.length < 2) return null;
  const cost = (a: number, b: number) => (a - b) ** 2;
  let seen = 0;
  let byChance = 0;
  for (const [a, b] of items) seen += cost(a, b);
  for (const [a] of items) for (const [, b] of items) byChance += cost(a, b);
  return byChance === 0 ? null : 1 - seen / (byChance / items.length);
}

/** What one rater gave to one thing. */
export type Score = { readonly item: string; readonly rater: string; readonly value: number };

export type Agreement = {
  readonly raters: readonly [string, string];
  readonly n: number;
  readonly kappa: number | null;
};

/** Every pair of raters who rated something in common, by name. */
export function agreements(scores: readonly Score[]): Agreement[] {
  const byRater = new Map<string, Map<string, number>>();
  for (const { item, rater, value } of scores) {
    const own = byRater.get(rater) ?? new Map<string, number>();
    byRater.set(rater, own.set(item, value));
  }
  const raters = [...byRater.keys()].sort();
  return raters.flatMap((first, place) =>
    raters.slice(place + 1).flatMap((second): Agreement[] => {
      const items = [...(byRater.get(first) ?? [])].flatMap(([item, a]): [number, number][] => {
        const b = byRater.get(second)?.get(item);
        return b === undefined ? [] : [[a, b]];
      });
      return items.length === 0 ? [] : [{ raters: [first, second], n: items.length, kappa: weightedKappa(items) }];
    }),
  );
}

/** Null of nothing. */
export const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, each) => sum + each, 0) / values.length;
