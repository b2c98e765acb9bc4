import { expect, it } from "vitest";
import { leavesOf, ruleText, shownValue } from "./rule-text.ts";
import type { Rule } from "./segment.ts";

const regulars: Rule = {
  is: "all",
  of: [
    { is: "field", field: "country", op: "in", value: ["GB", "IE"] },
    {
      is: "any",
      of: [
        { is: "activity", kind: "purchase", measure: "orders", op: "gte", value: 2, withinDays: 90, category: "home" },
        { is: "not", of: { is: "field", field: "vip", op: "missing" } },
      ],
    },
  ],
};

it("a rule reads as a sentence, with brackets where they matter", () => {
  expect(ruleText(regulars)).toBe(
    'country is one of "GB", "IE" and (orders by purchase in 90 days of "home" is at least 2 or not (vip is missing))',
  );
  expect(leavesOf(regulars).map(ruleText)).toHaveLength(3);
  expect(ruleText({ is: "everyone" })).toBe("everyone");
});

it("a value is shown when it tells nobody apart, or when the rule names it; of other text only how long it is", () => {
  expect(shownValue({ name: "country", value: "GB" })).toBe("GB");
  expect(shownValue({ name: "points", value: 12 })).toBe(12);
  expect(shownValue({ name: "vip", value: null })).toBeNull();
  expect(shownValue({ name: "first_name", value: "Ada" })).toBe("(text of 3 characters)");
  expect(shownValue({ name: "city", value: "Leeds" }, ["Leeds"])).toBe("Leeds");
});
