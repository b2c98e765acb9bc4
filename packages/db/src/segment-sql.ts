/** Compiles a segment's rule to SQL. `matches` in core/segment is what it must agree with, and is tested to. */
import type { ActivityRule, Comparison, Rule } from "@chorus/core/segment";
import { contactColumns } from "@chorus/core/segment";

/** Collects the values of a statement; `add` answers the placeholder. */
export type Params = { readonly values: unknown[]; add(value: unknown, type: string): string };

export function openParams(): Params {
  const values: unknown[] = [];
  return {
    values,
    add: (value, type) => {
      values.push(value);
      return `$${values.length}::${type}`;
    },
  };
}

const operators: Record<Comparison, string> = { eq: "=", ne: "<>", gt: ">", gte: ">=", lt: "<", lte: "<=" };

/** A boolean expression over a contact row named `c` that is never null. `now` is an SQL expression. */
export function compileRule(rule: Rule, params: Params, now = "chorus_now()"): string {
  switch (rule.is) {
    case "everyone":
      return "true";
    case "all":
      return `(${rule.of.map((each) => compileRule(each, params, now)).join(" and ")})`;
    case "any":
      return `(${rule.of.map((each) => compileRule(each, params, now)).join(" or ")})`;
    case "not":
      return `(not ${compileRule(rule.of, params, now)})`;
    case "field":
      return `coalesce(${compileField(rule, params)}, false)`;
    case "activity":
      return `coalesce((${compileActivity(rule, params, now)}), false)`;
  }
}

/** Text has no order here: it would depend on a collation. */
const isOrdered = (op: string): boolean => ["gt", "gte", "lt", "lte"].includes(op);

type FieldRule = Extract<Rule, { is: "field" }>;

/** Own columns are text and free fields are JSON; both become JSON, so that types compare as they do in core. */
function compileField(rule: FieldRule, params: Params): string {
  if ("value" in rule && isOrdered(rule.op) && typeof rule.value !== "number") return "false";
  const isColumn = (contactColumns as readonly string[]).includes(rule.field);
  const value = isColumn
    ? `to_jsonb(c.${rule.field})`
    : `nullif(c.fields -> ${params.add(rule.field, "text")}, 'null')`;
  if (rule.op === "exists") return `${value} is not null`;
  if (rule.op === "missing") return `${value} is null`;
  if (rule.op === "in")
    return `${value} = any(${params.add(
      rule.value.map((each) => JSON.stringify(each)),
      "jsonb[]",
    )})`;
  const wanted = params.add(JSON.stringify(rule.value), "jsonb");
  return `jsonb_typeof(${value}) = '${typeof rule.value}' and ${value} ${operators[rule.op]} ${wanted}`;
}

const measures: Record<ActivityRule["measure"], string> = {
  count: "count(*)",
  orders: "count(distinct a.order_ref)",
  quantity: "coalesce(sum(a.quantity), 0)",
  spend: "coalesce(sum(a.amount_micros), 0) / 1000000.0",
  days_since_last: "floor(extract(epoch from (NOW - max(a.at))) / 86400)",
};

function compileActivity(rule: ActivityRule, params: Params, now: string): string {
  const where = [`a.contact_id = c.id`, `a.kind = ${params.add(rule.kind, "text")}`, `a.at <= ${now}`];
  if (rule.withinDays !== undefined)
    where.push(`a.at > ${now} - make_interval(hours => 24 * ${params.add(rule.withinDays, "integer")})`);
  if (rule.category !== undefined) where.push(`a.category = ${params.add(rule.category, "text")}`);
  const measured = measures[rule.measure].replace("NOW", now);
  return `select ${measured} ${operators[rule.op]} ${params.add(rule.value, "numeric")} from activity a where ${where.join(" and ")}`;
}
