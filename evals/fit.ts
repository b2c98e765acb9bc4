/**
 * Fits a likeness model: features weighed by how much more often they stand in marked texts (S. Wang and C. Manning,
 * "Baselines and Bigrams", 2012; by the root of it, which did better on both sets), then a linear SVM with squared hinge loss by dual coordinate descent (C.-J. Hsieh et al.,
 * "A Dual Coordinate Descent Method for Large-scale Linear SVM", 2008).
 */
import { featuresOf, type LikenessModel } from "@chorus/guards/likeness";
import { openRandom } from "./folds.ts";

export type Labelled = { readonly text: string; readonly isMarked: boolean };

/** A feature of a single text is its spelling, not a habit. */
const fewestTexts = 2;
const mostFeatures = 16_000;
const rounds = 60;
const slack = 1;
/** Marked texts are the fewer, and the ones that must not be missed. */
const slackOfMarked = 2;

type Row = { readonly features: readonly string[]; readonly isMarked: boolean };
type Fitted = { readonly weights: ReadonlyMap<string, number>; readonly bias: number };

export function fitModel(texts: readonly Labelled[], of: { readonly fittedOn: string }): LikenessModel {
  const rows = texts.map(({ text, isMarked }) => ({ features: [...featuresOf(text)], isMarked }));
  const { weights, bias } = fitRows(rows);
  return {
    fittedOn: of.fittedOn,
    rows: rows.length,
    bias: round(bias),
    weights: Object.fromEntries(
      [...weights]
        .map(([feature, weight]): [string, number] => [feature, Math.round(weight * 1_000)])
        .filter(([, weight]) => weight !== 0)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;

function fitRows(rows: readonly Row[]): Fitted {
  const { names, ratios } = chooseFeatures(rows);
  const numbers = new Map(names.map((name, no) => [name, no]));
  const texts = rows.map(({ features, isMarked }) => {
    const known = features.flatMap((feature) => numbers.get(feature) ?? []);
    const share = 1 / Math.sqrt(Math.max(1, known.length));
    const diagonal = 1 / (2 * slack * (isMarked ? slackOfMarked : 1));
    const norm = known.reduce((total, no) => total + (share * (ratios[no] ?? 0)) ** 2, 1);
    return { known, share, sign: isMarked ? 1 : -1, diagonal, norm: norm + diagonal, alpha: 0 };
  });
  const weights = new Float64Array(names.length);
  let bias = 0;
  const random = openRandom(1);
  for (let round = 0; round < rounds; round++) {
    let moved = 0;
    for (const text of random.shuffled(texts)) {
      let score = bias;
      for (const no of text.known) score += (weights[no] ?? 0) * (ratios[no] ?? 0) * text.share;
      const gradient = text.sign * score - 1 + text.alpha * text.diagonal;
      const next = Math.max(0, text.alpha - gradient / text.norm);
      const step = (next - text.alpha) * text.sign;
      moved = Math.max(moved, Math.abs(next - text.alpha));
      text.alpha = next;
      if (step === 0) continue;
      for (const no of text.known) weights[no] = (weights[no] ?? 0) + step * (ratios[no] ?? 0) * text.share;
      bias += step;
    }
    if (moved < 1e-4) break;
  }
  return { bias, weights: new Map(names.map((name, no) => [name, (weights[no] ?? 0) * (ratios[no] ?? 0)])) };
}

/** Those that tell most: the log of how much likelier they are in a marked text, by the root of how often they come at all. */
function chooseFeatures(rows: readonly Row[]): { names: string[]; ratios: number[] } {
  const seen = new Map<string, { marked: number; other: number }>();
  for (const { features, isMarked } of rows)
    for (const feature of features) {
      const count = seen.get(feature) ?? { marked: 0, other: 0 };
      count[isMarked ? "marked" : "other"]++;
      seen.set(feature, count);
    }
  const marked = rows.filter(({ isMarked }) => isMarked).length;
  const ratio = (count: { marked: number; other: number }): number =>
    Math.log((count.marked + 1) / (marked + 2) / ((count.other + 1) / (rows.length - marked + 2)));
  const chosen = [...seen]
    .filter(([, count]) => count.marked + count.other >= fewestTexts)
    .map(([name, count]) => ({
      name,
      ratio: ratio(count),
      tells: Math.abs(ratio(count)) * Math.sqrt(count.marked + count.other),
    }))
    .sort((a, b) => b.tells - a.tells || (a.name < b.name ? -1 : 1))
    .slice(0, mostFeatures);
  return { names: chosen.map(({ name }) => name), ratios: chosen.map(({ ratio }) => Math.sqrt(Math.abs(ratio))) };
}
