/** What every bench answers with, how it is written, and how figures of one run are put into relation. */
import { renameSync, writeFileSync } from "node:fs";
import { table } from "@chorus/cli/table";

/** One measurement of one sender, loop or statement: its name, its round, and figures by name. */
export type Result = { readonly name: string; readonly round: number } & Readonly<
  Record<string, string | number | null>
>;

export type Frame = {
  readonly bench: string;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly results: readonly Result[];
  readonly ratios: Readonly<Record<string, number | null>>;
  /** Why these figures mean nothing; null when they do. */
  readonly void: readonly string[] | null;
};

export const voidOf = (reasons: readonly string[]): Frame["void"] =>
  reasons.length > 0 ? [...new Set(reasons)] : null;

export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return null;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? null;
}

/** Only what stood side by side is compared: one ratio for each round, and the median of those. */
export function ratio(results: readonly Result[], above: string, below: string, figure = "perSecond"): number | null {
  const find = (name: string, round: number) =>
    Number(results.find((each) => each.name === name && each.round === round)?.[figure] ?? Number.NaN);
  const rounds = [...new Set(results.map((each) => each.round))];
  const each = rounds.map((round) => find(above, round) / find(below, round)).filter(Number.isFinite);
  const middle = median(each);
  return middle === null ? null : rounded(middle);
}

/** Three digits that count. */
export const rounded = (value: number): number => Number(value.toPrecision(3));

/** Odd rounds in order, even ones backwards, so that nobody always goes first or always follows the same one. */
export const inTurn = <T>(list: readonly T[], round: number): T[] =>
  round % 2 === 1 ? [...list] : [...list].reverse();

/** Whole or not at all: nobody reads half a file. */
export function writeFrame(file: string, frame: Frame): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(frame, null, 2)}\n`);
  renameSync(unfinished, file);
}

/** The medians of all rounds, a line for each name, and the ratios under them. */
export function frameLines({ results, ratios, void: reasons }: Frame): string[] {
  const figures = [...new Set(results.flatMap(Object.keys))].filter((key) => key !== "name" && key !== "round");
  const names = [...new Set(results.map(({ name }) => name))];
  const rows = names.map((name) => [name, ...figures.map((figure) => shown(medianOf(results, name, figure)))]);
  const columns = [{ title: "" }, ...figures.map((title) => ({ title, align: "right" as const }))];
  const ratioLines = Object.entries(ratios).map(([name, value]) => `  ${name.padEnd(28)} ${shown(value)}`);
  const verdict = reasons ? ["", "These figures are void:", ...reasons.map((reason) => `  ${reason}`)] : [];
  return [...table(columns, rows), "", ...ratioLines, ...verdict];
}

export function medianOf(results: readonly Result[], name: string, figure: string): number | null {
  const values = results.filter((each) => each.name === name).map((each) => each[figure]);
  return median(values.filter((value) => typeof value === "number"));
}

const shown = (value: number | null): string => (value === null ? "–" : rounded(value).toLocaleString("en"));
