/** What changed between two wordings: where, from what to what, and how much of the words that is. */

export type Edit = { readonly path: string; readonly before: string | null; readonly after: string | null };

/** In the order of the places where something stood, then of those that are new. */
export function editsBetween(before: unknown, after: unknown): Edit[] {
  const was = new Map(leavesOf(before));
  const is = new Map(leavesOf(after));
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((path) => {
    const edit = { path, before: was.get(path) ?? null, after: is.get(path) ?? null };
    return edit.before === edit.after ? [] : [edit];
  });
}

/** Of the words, how many are not those of before in their order: 0 is untouched, 1 is all new. To two decimals. */
export function shareEdited(before: unknown, after: unknown): number {
  const was = wordsOf(before);
  const is = wordsOf(after);
  const most = Math.max(was.length, is.length);
  return most === 0 ? 0 : Math.round((1 - inCommon(was, is) / most) * 100) / 100;
}

function leavesOf(value: unknown, path = ""): [string, string][] {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object") return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, each]) => leavesOf(each, path === "" ? key : `${path}.${key}`));
}

/** A Chinese character is a word, and so is a slot. */
const wordsOf = (value: unknown): string[] =>
  leavesOf(value).flatMap(([, text]) => text.match(/\{\{[^{}]*\}\}|\p{Script=Han}|[\p{L}\p{N}]+/gu) ?? []);

/** Length of the longest row of words that both have in this order. */
function inCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const word of a) {
    const next = [0];
    for (const [j, other] of b.entries())
      next.push(word === other ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0));
    row = next;
  }
  return row[b.length] ?? 0;
}
