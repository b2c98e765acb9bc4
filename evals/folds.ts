/** Folds for a figure that can be trusted: as many marked texts in each, and near-duplicates in one and the same. */
export type Random = { next(): number; shuffled<T>(items: readonly T[]): T[] };

/** Mulberry32: small, seeded, and the same everywhere. */
export function openRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    shuffled(items) {
      const order = [...items];
      for (let last = order.length - 1; last > 0; last--) {
        const other = Math.floor(next() * (last + 1));
        const kept = order[last] as (typeof order)[number];
        order[last] = order[other] as (typeof order)[number];
        order[other] = kept;
      }
      return order;
    },
  };
}

/** Texts that share so much of their four-letter pieces are one text written twice. */
const alike = 0.7;
const piece = 4;

/** The number of each text's fold. */
export function foldsOf(
  texts: readonly { readonly text: string; readonly isMarked: boolean }[],
  of: { readonly folds: number; readonly seed: number },
): number[] {
  const groups = groupsOf(texts);
  const order = openRandom(of.seed)
    .shuffled([...groups.values()])
    .sort((a, b) => b.length - a.length);
  const full = Array.from({ length: of.folds }, () => ({ marked: 0, other: 0 }));
  const fold = new Array<number>(texts.length);
  for (const group of order) {
    const kind = texts[group[0] ?? 0]?.isMarked ? "marked" : "other";
    const emptiest = full.reduce((best, each, no) => (each[kind] < (full[best]?.[kind] ?? 0) ? no : best), 0);
    for (const at of group) {
      fold[at] = emptiest;
      (full[emptiest] ?? { marked: 0, other: 0 })[texts[at]?.isMarked ? "marked" : "other"]++;
    }
  }
  return fold;
}

function groupsOf(texts: readonly { readonly text: string }[]): Map<number, number[]> {
  const first = duplicatesOf(texts);
  const groups = new Map<number, number[]>();
  for (const at of texts.keys()) groups.set(first(at), [...(groups.get(first(at)) ?? []), at]);
  return groups;
}

/** Which texts are near-duplicates of each other, by the number of one of them. */
function duplicatesOf(texts: readonly { readonly text: string }[]): (at: number) => number {
  const parents = texts.map((_, at) => at);
  const root = (at: number): number => {
    let top = at;
    while (parents[top] !== top) top = parents[top] ?? top;
    return top;
  };
  const holders = new Map<string, number[]>();
  const sizes = texts.map(({ text }, at) => {
    const own = piecesOf(text);
    const shared = new Map<number, number>();
    for (const each of own) {
      for (const other of holders.get(each) ?? []) shared.set(other, (shared.get(other) ?? 0) + 1);
      holders.set(each, [...(holders.get(each) ?? []), at]);
    }
    return { size: own.size, shared };
  });
  for (const [at, { size, shared }] of sizes.entries())
    for (const [other, count] of shared)
      if (count / (size + (sizes[other]?.size ?? 0) - count) >= alike) parents[root(at)] = root(other);
  return root;
}

function piecesOf(text: string): Set<string> {
  const plain = text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\d+/g, "0")
    .replace(/[^\p{L}0]+/gu, " ")
    .trim();
  if (plain.length < piece) return new Set([plain]);
  return new Set(Array.from({ length: plain.length - piece + 1 }, (_, at) => plain.slice(at, at + piece)));
}
