/** A segment's rule in words, and the conditions that it is made of. */
import { type Comparison, contactColumns, type Leaf, type Rule } from "./segment.ts";

const comparisons: Readonly<Record<Comparison, string>> = {
  eq: "is",
  ne: "is not",
  gt: "is more than",
  gte: "is at least",
  lt: "is less than",
  lte: "is at most",
};

/** `country is "GB" and (orders by purchase in 90 days is at least 2 or not (vip exists))`. */
export function ruleText(rule: Rule): string {
  switch (rule.is) {
    case "everyone":
      return "everyone";
    case "all":
      return rule.of.map(bracketed).join(" and ");
    case "any":
      return rule.of.map(bracketed).join(" or ");
    case "not":
      return `not (${ruleText(rule.of)})`;
    case "field":
      if (rule.op === "exists") return `${rule.field} exists`;
      if (rule.op === "missing") return `${rule.field} is missing`;
      if (rule.op === "in")
        return `${rule.field} is one of ${rule.value.map((each) => JSON.stringify(each)).join(", ")}`;
      return `${rule.field} ${comparisons[rule.op]} ${JSON.stringify(rule.value)}`;
    case "activity":
      return `${nameOf(rule)} ${comparisons[rule.op]} ${rule.value}`;
  }
}

const bracketed = (rule: Rule): string =>
  rule.is === "all" || rule.is === "any" ? `(${ruleText(rule)})` : ruleText(rule);

export function leavesOf(rule: Rule): Leaf[] {
  switch (rule.is) {
    case "everyone":
      return [];
    case "all":
    case "any":
      return rule.of.flatMap(leavesOf);
    case "not":
      return leavesOf(rule.of);
    case "field":
    case "activity":
      return [rule];
  }
}

/** What a condition looks at: `country`, or `orders by purchase in 90 days of "home"`. */
export function nameOf(leaf: Leaf): string {
  if (leaf.is === "field") return leaf.field;
  const within = leaf.withinDays === undefined ? "" : ` in ${leaf.withinDays} days`;
  const category = leaf.category === undefined ? "" : ` of ${JSON.stringify(leaf.category)}`;
  return `${leaf.measure} by ${leaf.kind}${within}${category}`;
}

/** Of few possible values, which tell nobody apart from many others. */
const shownColumns: readonly string[] = contactColumns.filter((each) =>
  ["country", "locale", "time_zone"].includes(each),
);

/**
 * An attribute's value for whoever looks into a decision: counts, flags, places and languages as they are, and what the
 * rule itself names. Of any other text, which may be a name or an address, only its length.
 */
export function shownValue(
  of: { name: string; value: string | number | boolean | null },
  named: readonly unknown[] = [],
): string | number | boolean | null {
  if (typeof of.value !== "string" || shownColumns.includes(of.name) || named.includes(of.value)) return of.value;
  return `(text of ${[...of.value].length} characters)`;
}

/** The values that a condition names itself. */
export const valuesIn = (leaf: Leaf): readonly unknown[] => ("value" in leaf ? [leaf.value].flat() : []);
