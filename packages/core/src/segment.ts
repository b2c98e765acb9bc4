/**
 * A segment is a named rule over contact fields and activity. Inside a campaign the first match wins; who matches
 * none is "everyone else". The rules are data: `db` compiles them to SQL, and `matches` below is the oracle it is
 * tested against. A missing value matches nothing but `missing`.
 */
import { z } from "zod";
import type { Contact } from "./contact.ts";

const comparison = z.enum(["eq", "ne", "gt", "gte", "lt", "lte"]);
export type Comparison = z.infer<typeof comparison>;
const scalar = z.union([z.string().max(200), z.number(), z.boolean()]);

export const activityKinds = ["purchase", "return", "view", "click", "reply"] as const;
export const activityKind = z.enum(activityKinds);
export type ActivityKind = z.infer<typeof activityKind>;

export type Rule =
  | { is: "everyone" }
  | { is: "all" | "any"; of: Rule[] }
  | { is: "not"; of: Rule }
  | { is: "field"; field: string; op: Comparison; value: string | number | boolean }
  | { is: "field"; field: string; op: "in"; value: (string | number | boolean)[] }
  | { is: "field"; field: string; op: "exists" }
  | { is: "field"; field: string; op: "missing" }
  | ActivityRule;
export type ActivityRule = {
  is: "activity";
  kind: ActivityKind;
  /** rows, distinct orders, pieces, money in the workspace's currency, whole days since the newest. */
  measure: "count" | "orders" | "quantity" | "spend" | "days_since_last";
  op: Comparison;
  value: number;
  withinDays?: number | undefined;
  category?: string | undefined;
};

/** A condition: what a rule is made of. */
export type Leaf = Extract<Rule, { is: "field" | "activity" }>;

const field = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, "a field name: letters, digits and _");
const leaf = [
  z.strictObject({ is: z.literal("everyone") }),
  z.strictObject({ is: z.literal("field"), field, op: comparison, value: scalar }),
  z.strictObject({ is: z.literal("field"), field, op: z.literal("in"), value: z.array(scalar).min(1).max(500) }),
  z.strictObject({ is: z.literal("field"), field, op: z.literal("exists") }),
  z.strictObject({ is: z.literal("field"), field, op: z.literal("missing") }),
  z.strictObject({
    is: z.literal("activity"),
    kind: activityKind,
    measure: z.enum(["count", "orders", "quantity", "spend", "days_since_last"]),
    op: comparison,
    value: z.number(),
    withinDays: z.int().min(1).max(3660).optional(),
    category: z.string().max(100).optional(),
  }),
] as const;

/** Nests at most four deep: deeper rules are a mistake, and a bound keeps their SQL bounded. */
const level = (inner: z.ZodType<Rule> | null): z.ZodType<Rule> =>
  z.union(
    inner
      ? [
          ...leaf,
          z.strictObject({ is: z.enum(["all", "any"]), of: z.array(inner).min(1).max(20) }),
          z.strictObject({ is: z.literal("not"), of: inner }),
        ]
      : leaf,
  ) as z.ZodType<Rule>;
export const rule: z.ZodType<Rule> = level(level(level(level(null))));

/** The contact's own columns that rules may name beside the free fields. */
export const contactColumns = ["country", "locale", "time_zone", "external_id", "first_name"] as const;

export type ActivityRow = {
  readonly kind: ActivityKind;
  readonly at: Date;
  readonly orderRef: string | null;
  readonly quantity: number;
  readonly amountMicros: number;
  readonly category: string | null;
};

export function matches(of: Rule, contact: Contact, activity: readonly ActivityRow[], now: Date): boolean {
  switch (of.is) {
    case "everyone":
      return true;
    case "all":
      return of.of.every((each) => matches(each, contact, activity, now));
    case "any":
      return of.of.some((each) => matches(each, contact, activity, now));
    case "not":
      return !matches(of.of, contact, activity, now);
    case "field":
      return matchesField(of, fieldValue(contact, of.field));
    case "activity": {
      const measured = measureActivity(of, activity, now);
      return measured !== null && compare(measured, of.op, of.value);
    }
  }
}

/** What one condition of a rule looked at; null is a missing value. */
export function valueSeenBy(
  of: Leaf,
  contact: Contact,
  activity: readonly ActivityRow[],
  now: Date,
): string | number | boolean | null {
  return of.is === "field" ? fieldValue(contact, of.field) : measureActivity(of, activity, now);
}

function matchesField(of: Extract<Rule, { is: "field" }>, value: string | number | boolean | null): boolean {
  if (of.op === "missing") return value === null;
  if (value === null) return false;
  if (of.op === "exists") return true;
  if (of.op === "in") return of.value.includes(value);
  return typeof value === typeof of.value && compare(value, of.op, of.value);
}

function fieldValue(contact: Contact, name: string): string | number | boolean | null {
  switch (name) {
    case "country":
      return contact.country;
    case "locale":
      return contact.locale;
    case "time_zone":
      return contact.timeZone;
    case "external_id":
      return contact.externalId;
    case "first_name":
      return contact.firstName;
    default:
      return contact.fields[name] ?? null;
  }
}

function measureActivity(of: ActivityRule, activity: readonly ActivityRow[], now: Date): number | null {
  const since = of.withinDays === undefined ? Number.NEGATIVE_INFINITY : now.getTime() - of.withinDays * 86_400_000;
  const rows = activity.filter(
    (row) =>
      row.kind === of.kind &&
      row.at.getTime() > since &&
      row.at.getTime() <= now.getTime() &&
      (of.category === undefined || row.category === of.category),
  );
  switch (of.measure) {
    case "count":
      return rows.length;
    case "orders":
      return new Set(rows.flatMap((row) => row.orderRef ?? [])).size;
    case "quantity":
      return rows.reduce((sum, row) => sum + row.quantity, 0);
    case "spend":
      return rows.reduce((sum, row) => sum + row.amountMicros, 0) / 1_000_000;
    case "days_since_last": {
      const newest = rows.reduce((latest, row) => Math.max(latest, row.at.getTime()), Number.NEGATIVE_INFINITY);
      return Number.isFinite(newest) ? Math.floor((now.getTime() - newest) / 86_400_000) : null;
    }
  }
}

/** Text is only equal or not: its order depends on a collation, so `gt` and its like are for numbers. */
function compare<T extends string | number | boolean>(left: T, op: Comparison, right: T): boolean {
  if (op === "eq") return left === right;
  if (op === "ne") return left !== right;
  if (typeof left !== "number" || typeof right !== "number") return false;
  if (op === "gt") return left > right;
  if (op === "gte") return left >= right;
  return op === "lt" ? left < right : left <= right;
}
