/** Who the demo's campaign speaks to: five rules over what people bought. The first match wins, the rest are everyone else. */
import type { Rule } from "@chorus/core/segment";

export type NewSegment = { readonly name: string; readonly description: string; readonly rule: Rule };

/** Money is pounds, days are counted back from now. */
export const demoSegments: readonly NewSegment[] = [
  {
    name: "Often returns",
    description: "Sent something back at least three times this year: reassurance matters more than another offer.",
    rule: { is: "activity", kind: "return", measure: "orders", op: "gte", value: 3, withinDays: 365 },
  },
  {
    name: "Loyal big spenders",
    description: "Six orders or more, at least 1,500 spent, and here within the last three months.",
    rule: {
      is: "all",
      of: [
        { is: "activity", kind: "purchase", measure: "orders", op: "gte", value: 6 },
        { is: "activity", kind: "purchase", measure: "spend", op: "gte", value: 1500 },
        { is: "activity", kind: "purchase", measure: "days_since_last", op: "lte", value: 90 },
      ],
    },
  },
  {
    name: "Often and little",
    description: "Come back regularly for small orders: four or more, together below 1,500.",
    rule: {
      is: "all",
      of: [
        { is: "activity", kind: "purchase", measure: "orders", op: "gte", value: 4 },
        { is: "activity", kind: "purchase", measure: "spend", op: "lt", value: 1500 },
        { is: "activity", kind: "purchase", measure: "days_since_last", op: "lte", value: 180 },
      ],
    },
  },
  {
    name: "Christmas lovers",
    description: "Bought at least six kinds of Christmas things, and were here within half a year.",
    rule: {
      is: "all",
      of: [
        { is: "activity", kind: "purchase", measure: "count", op: "gte", value: 6, category: "Christmas" },
        { is: "activity", kind: "purchase", measure: "days_since_last", op: "lte", value: 180 },
      ],
    },
  },
  {
    name: "Not seen for half a year",
    description: "Lapsed: the last order is more than 180 days old.",
    rule: { is: "activity", kind: "purchase", measure: "days_since_last", op: "gt", value: 180 },
  },
];

/** The segment whose copy is made to fail at the stand-in model, so that the writer without a model is seen too. */
export const failingSegment = "Often returns";
