/** What a prompt says about the slots that may be placed: ids, kinds and examples, never an address or a person. */
import { type FactSheet, labelOf, languageOf, showFact } from "@chorus/core/fact";
import { z } from "zod";

export const slotCard = z.strictObject({
  /** As it stands between braces: `fact:product_1_price`, `link:shop`, `contact:first_name|there`, `picks`. */
  id: z.string(),
  kind: z.enum(["money", "percent", "date", "number", "text", "link", "contact", "picks"]),
  example: z.string(),
  label: z.string(),
});
export type SlotCard = z.infer<typeof slotCard>;

/** What a reader without a first name is called. A language that is not here gets no such slot. */
const nameless: Readonly<Record<string, string>> = { en: "there", zh: "朋友", de: "zusammen", fr: "à vous" };

/** No product is named: the example is as long as a list of three is. */
const picksCard: SlotCard = {
  id: "picks",
  kind: "picks",
  example: "(a list of three products with their prices)",
  label:
    "products picked for each reader: once, in a channel to one contact, at the very end of a last paragraph of its own that introduces them in a few words",
};

export function slotCards(facts: FactSheet, about: { locale: string; oneToOne: boolean; picks: boolean }): SlotCard[] {
  const { locale } = about;
  const fallback = about.oneToOne ? nameless[languageOf(locale)] : undefined;
  return [
    ...facts.facts.map((fact) => ({
      id: `fact:${fact.id}`,
      kind: fact.kind,
      example: showFact(fact, locale),
      label: labelOf(fact, locale),
    })),
    ...facts.links.map((link) => ({
      id: `link:${link.id}`,
      kind: "link" as const,
      example: labelOf(link, locale),
      label: labelOf(link, locale),
    })),
    ...(fallback
      ? [
          {
            id: `contact:first_name|${fallback}`,
            kind: "contact" as const,
            example: fallback,
            label: "the reader's first name: once, in the greeting of a channel to one contact",
          },
        ]
      : []),
    ...(about.oneToOne && about.picks ? [picksCard] : []),
  ];
}
