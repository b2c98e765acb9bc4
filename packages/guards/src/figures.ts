/** Reads what a text states in figures, in whatever form: prices, discounts, dates, amounts. Over folded text (see fold.ts). */
import type { Fact } from "@chorus/core/fact";
import { counted, measured, readers } from "./figure-forms.ts";

export type Figure = { readonly from: number; readonly to: number } & (
  | { readonly is: "money"; readonly amount: number; readonly currency: string | null }
  /** So many per cent off. */
  | { readonly is: "percent"; readonly value: number }
  | {
      readonly is: "date";
      readonly year: number | null;
      readonly month: number;
      readonly day: number;
      readonly isTurned?: true;
    }
  /** 0: Sunday. */
  | { readonly is: "weekday"; readonly day: number }
  /** Minutes after noon or midnight: whether it is morning is rarely written. */
  | { readonly is: "time"; readonly minutes: number }
  | { readonly is: "number"; readonly value: number; readonly unit: string }
);
export type FigureValue = Figure extends infer Each
  ? Each extends unknown
    ? Omit<Each, "from" | "to">
    : never
  : never;

const spent = "\u0000";

/** In the order in which they stand. */
export function readFigures(text: string): Figure[] {
  let rest = text;
  const figures: Figure[] = [];
  for (const { pattern, read } of readers)
    for (const found of rest.matchAll(pattern)) {
      const value = read(found);
      const to = found.index + found[0].length;
      if (!value || Object.values(value).some(Number.isNaN) || rest.slice(found.index, to).includes(spent)) continue;
      figures.push({ ...value, from: found.index, to });
      rest = rest.slice(0, found.index) + spent.repeat(found[0].length) + rest.slice(to);
    }
  return figures.sort((a, b) => a.from - b.from);
}

/** What a fact states in figures; null where it is words. */
export function figureOf(fact: Fact): FigureValue | null {
  switch (fact.kind) {
    case "money":
      return { is: "money", amount: fact.value.micros / 1e6, currency: fact.value.currency };
    case "percent":
      return { is: "percent", value: fact.value };
    case "number":
      return measuredBy(fact.value, fact.id);
    case "date": {
      const [year = 0, month = 0, day = 0] = fact.value.split("-").map(Number);
      return { is: "date", year, month, day };
    }
    case "text":
      return null;
  }
}

/** A number's unit by the name of its fact: `warranty_years` counts years. */
function measuredBy(value: number, id: string): FigureValue {
  const last = id.split("_").at(-1) ?? "";
  return (/^(?:min|max)$/.test(last) ? null : measured(value, last)) ?? counted(value); // the least and the most of something
}

/** Whether one states what the other does: a price without a currency is any, and a date without a year is this one. */
export function agree(one: FigureValue, other: FigureValue): boolean {
  switch (one.is) {
    case "money":
      return other.is === "money" && Math.abs(one.amount - other.amount) < 0.005 && same(one.currency, other.currency);
    case "percent":
      return other.is === "percent" && Math.abs(one.value - other.value) < 0.35;
    case "date":
      return other.is === "date" && same(one.year, other.year) && (isDay(one, other) || isTurnedDay(one, other));
    case "weekday":
      return (other.is === "weekday" && one.day === other.day) || (other.is === "date" && weekdayOf(other) === one.day);
    case "time":
      return other.is === "time" && one.minutes === other.minutes;
    case "number":
      return other.is === "number" && one.unit === other.unit && one.value === other.value;
  }
}

const weekdayOf = ({ year, month, day }: { year: number | null; month: number; day: number }): number | null =>
  year === null ? null : new Date(Date.UTC(year, month - 1, day)).getUTCDay();

type Day = { readonly month: number; readonly day: number; readonly isTurned?: true };
const isDay = (one: Day, other: Day): boolean => one.month === other.month && one.day === other.day;
const isTurnedDay = (one: Day, other: Day): boolean =>
  one.isTurned === true && one.month === other.day && one.day === other.month;
const same = <T>(one: T | null, other: T | null): boolean => one === null || other === null || one === other;
