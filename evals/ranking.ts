/** What a ranking is worth: how many of those it was made for found something in it, and how far up. */
export type Ranking = {
  readonly customers: number;
  /** The share of customers with a hit among the first. */
  readonly hitRate: number;
  /** Hits count less the further down they are; 1 where all hits come first. */
  readonly ndcg: number;
  /** The share of the catalogue that anybody was shown. */
  readonly coverage: number;
};

export function rankingOf(
  ranked: ReadonlyMap<string, readonly string[]>,
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
  { looksAt, catalogue }: { looksAt: number; catalogue: number },
): Ranking {
  const shown = new Set<string>();
  let hits = 0;
  let gain = 0;
  for (const [customer, items] of wanted) {
    const top = (ranked.get(customer) ?? []).slice(0, looksAt);
    for (const item of top) shown.add(item);
    const places = top.flatMap((item, place) => (items.has(item) ? [place] : []));
    const ideal = Array.from({ length: Math.min(looksAt, items.size) }, (_, place) => place);
    if (places.length > 0) hits += 1;
    gain += sumOf(places) / sumOf(ideal);
  }
  const customers = wanted.size;
  return { customers, hitRate: hits / customers, ndcg: gain / customers, coverage: shown.size / catalogue };
}

const sumOf = (places: readonly number[]): number => places.reduce((sum, place) => sum + 1 / Math.log2(place + 2), 0);
