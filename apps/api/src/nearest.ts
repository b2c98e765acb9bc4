/** Which of the known names was meant by a mistyped one. */

/** The nearest name within a third of its length, or null when nothing is near. */
export function nearestOf(name: string, known: readonly string[]): string | null {
  const near = known
    .map((each) => ({ each, steps: editDistance(plain(name), plain(each)) }))
    .filter(({ each, steps }) => steps <= Math.max(1, Math.floor(each.length / 3)))
    .sort((a, b) => a.steps - b.steps);
  return near[0]?.each ?? null;
}

const plain = (name: string): string => name.slice(0, 60).toLowerCase().replace(/[_-]/g, "");

/** Letters to add, drop or change (Levenshtein). */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [row, letter] of [...from].entries()) {
    const line = [row + 1];
    for (let i = 1; i <= to.length; i++) {
      const changed = (above[i - 1] ?? 0) + (to[i - 1] === letter ? 0 : 1);
      line.push(Math.min(changed, (above[i] ?? 0) + 1, (line[i - 1] ?? 0) + 1));
    }
    above = line;
  }
  return above[to.length] ?? 0;
}
