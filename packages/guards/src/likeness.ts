/**
 * How much a text reads like those of a labelled set: a linear model over words and pieces of words, small enough to live
 * in the repository. It weighs, it does not know: what it finds is shown to a person, and never stops a campaign by itself.
 */

export type LikenessModel = {
  /** The set it was fitted on, with its licence. */
  readonly fittedOn: string;
  readonly rows: number;
  readonly bias: number;
  /** A feature's weight in thousandths. A feature that is not here counts for nothing. */
  readonly weights: Readonly<Record<string, number>>;
};

export type Likeness = {
  /** Above 0: more like the texts that were marked than like the others. */
  readonly score: number;
  /** The words that weighed most, the heaviest first. */
  readonly because: readonly string[];
};

const longestWords = 3;
const pieces = { from: 3, to: 6 } as const;
/** Beyond this a text says nothing new about how it is written, and a long one must not take long. */
const longestText = 4_000;

/**
 * Words, pairs and triples of words, pieces of words, and the look of the whole: capitals, figures, marks. Figures are all
 * one figure, for a price says no more than that there is one.
 */
export function featuresOf(text: string): Set<string> {
  const plain = text.slice(0, longestText).normalize("NFKC");
  const low = plain.toLowerCase().replace(/\d+(?:[.,:]\d+)*/g, "0");
  const words = low.match(/[\p{L}']+|0|[^\s\p{L}0']/gu) ?? [];
  const features = new Set<string>();
  for (let size = 1; size <= longestWords; size++)
    for (let at = 0; at + size <= words.length; at++) features.add(words.slice(at, at + size).join(" "));
  if (words.length > 0) features.add(`^${words[0]}`).add(`$${words.at(-1)}`);
  for (const word of low.match(/\S+/g) ?? []) {
    const framed = `_${word}_`;
    for (let size: number = pieces.from; size <= pieces.to; size++)
      for (let at = 0; at + size <= framed.length; at++) features.add(`~${framed.slice(at, at + size)}`);
  }
  for (const feature of look(plain, words.length)) features.add(feature);
  return features;
}

function look(plain: string, words: number): string[] {
  const count = (pattern: RegExp): number => plain.match(pattern)?.length ?? 0;
  const letters = count(/\p{L}/gu);
  const longest = Math.max(0, ...(plain.match(/\d+/g) ?? []).map((digits) => digits.length));
  return [
    `#capitals ${letters > 0 ? Math.round((4 * count(/\p{Lu}/gu)) / letters) : "none"}`,
    `#words ${Math.min(9, Math.round(Math.log2(1 + words) * 1.5))}`,
    `#length ${Math.min(10, Math.round(plain.length / 20))}`,
    `#figures ${Math.min(4, count(/\d+/g))}`,
    `#digits ${Math.min(12, count(/\d/g))}`,
    `#longest figure ${Math.min(6, longest)}`,
    `#shouts ${Math.min(4, count(/\b[A-Z]{3,}\b/g))}`,
    `#exclamations ${Math.min(2, count(/!/g))}`,
    ...(/\d:\d\d/.test(plain) ? ["#timer"] : []),
    ...(/[£$€]/.test(plain) ? ["#money"] : []),
    ...(/www|http|\.com|\.uk/i.test(plain) ? ["#address"] : []),
  ];
}

/** As many features as a text has make it neither more nor less like anything. */
const share = (known: number): number => 1 / Math.sqrt(Math.max(1, known));

export function likeness(model: LikenessModel, text: string): Likeness {
  const known = [...featuresOf(text)].flatMap((feature) => {
    const weight = model.weights[feature];
    return weight === undefined ? [] : [{ feature, weight }];
  });
  const sum = known.reduce((total, { weight }) => total + weight, 0);
  const heaviest = known
    .filter(({ feature, weight }) => weight > 0 && /^[\p{L}0]/u.test(feature))
    .sort((a, b) => b.weight - a.weight);
  return {
    score: (sum / 1_000) * share(known.length) + model.bias,
    because: heaviest.slice(0, 3).map(({ feature }) => feature),
  };
}
