/** The checked facts a campaign may state. Copy never writes a figure itself: it places `{{fact:id}}`. */
import { z } from "zod";
import { formatMoney, money } from "./money.ts";

const factId = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, "letters, digits and _, starting with a letter");
const labels = z.record(z.string(), z.string().max(200)).optional().describe("name of the fact by locale");
const common = {
  id: factId,
  label: labels,
  source: z.string().min(1).max(300).describe("where the fact was checked: a page, a price list, a person"),
  validUntil: z.iso.datetime({ offset: true }).optional(),
};

export const fact = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("money"), value: money, ...common }),
  z.strictObject({ kind: z.literal("percent"), value: z.number().min(0).max(100), ...common }),
  z.strictObject({ kind: z.literal("date"), value: z.iso.date(), ...common }),
  z.strictObject({ kind: z.literal("number"), value: z.number(), ...common }),
  z.strictObject({
    kind: z.literal("text"),
    value: z.string().min(1).max(300),
    byLocale: z.record(z.string(), z.string().min(1).max(300)).optional().describe("the text in other languages"),
    ...common,
  }),
]);
export type Fact = z.infer<typeof fact>;

export const link = z.strictObject({
  id: factId,
  url: z.url({ protocol: /^https?$/ }).max(2000),
  label: labels,
});
export type Link = z.infer<typeof link>;

export const factSheet = z
  .strictObject({ facts: z.array(fact).max(200), links: z.array(link).max(50) })
  .refine((sheet) => new Set(sheet.facts.map((each) => each.id)).size === sheet.facts.length, {
    message: "two facts share an id",
    path: ["facts"],
  })
  .refine((sheet) => new Set(sheet.links.map((each) => each.id)).size === sheet.links.length, {
    message: "two links share an id",
    path: ["links"],
  });
export type FactSheet = z.infer<typeof factSheet>;

/** The language subtag: "zh" of "zh-Hans-CN". */
export const languageOf = (locale: string): string => locale.split("-")[0]?.toLowerCase() ?? locale;

/** How a fact reads in a locale. 25 percent is "25%" in English, and as a discount it stays a plain percentage everywhere. */
export function showFact(value: Fact, locale: string): string {
  switch (value.kind) {
    case "money":
      return formatMoney(value.value, locale);
    case "percent":
      return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(value.value / 100);
    case "date":
      return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(
        new Date(`${value.value}T00:00:00Z`),
      );
    case "number":
      return new Intl.NumberFormat(locale).format(value.value);
    case "text":
      return value.byLocale?.[locale] ?? value.byLocale?.[languageOf(locale)] ?? value.value;
  }
}

/** By the parts of its id and the words of its labels: `offer_ends` and "Offer ends" both speak of an end. */
export function factSpeaksOf(of: Fact, words: ReadonlySet<string>): boolean {
  const labels = Object.values(of.label ?? {});
  const said = [of.id.replaceAll("_", " "), ...labels].join(" ").toLowerCase();
  if (said.split(/[^\p{L}]+/u).some((word) => words.has(word))) return true;
  return [...words].some((word) => /\p{Script=Han}/u.test(word) && said.includes(word));
}

/** The name of a fact in a locale, or its id when nobody gave one. */
export const labelOf = (of: { id: string; label?: Record<string, string> | undefined }, locale: string): string =>
  of.label?.[locale] ?? of.label?.[languageOf(locale)] ?? of.label?.en ?? of.id;
