/** Makes a phrase book of plain sentences, so that another language is a file of words and no code. */
import type { AngleName } from "@chorus/core/angle";
import { type PhraseBook, turned } from "./phrase-book.ts";
import type { Material } from "./template-material.ts";

/**
 * Sentences with gaps. A sentence whose gap nothing fills is left out, so the fullest stand first and one without gaps stands
 * last. {brand}, {first} and {second} (products), {priced} and {secondPriced} (the same with their price where they have one), {off} (the
 * reduction), {until}, {code}, {link}, {ground} (what the angle stands on), {list} (products with their prices) and {features} (of the first).
 */
export type Phrases = {
  readonly greeting: string;
  readonly and: string;
  /** With {name} and {price}. */
  readonly named: string;
  /** With {offer}. */
  readonly off: string;
  readonly subject: readonly string[];
  readonly preheader: readonly string[];
  readonly headline: readonly string[];
  readonly button: readonly string[];
  readonly shortMessage: readonly string[];
  /** After the greeting, so in small letters: for readers of a segment, and for those of whom nothing may be known. */
  readonly opening: { readonly personal: readonly string[]; readonly generic: readonly string[] };
  /** What an angle puts first, where its gaps can be filled. */
  readonly lead: Readonly<Partial<Record<AngleName, { readonly subject: string; readonly opening: string }>>>;
  /** The offer, the code and the date, in this order of fullness. */
  readonly offer: readonly string[];
  /** After the brief's own words about the offer. */
  readonly reminder: readonly string[];
  readonly products: readonly string[];
  /** What the first product is said to be. */
  readonly features: string;
  readonly nothingElse: string;
  /** With {{picks}}: what each reader is shown. */
  readonly picks: { readonly personal: string; readonly generic: string };
};

type Gaps = Readonly<Record<string, string | null | undefined>>;

export function phraseBookOf(phrases: Phrases): PhraseBook {
  const filled = (sentences: readonly string[], from: Material, more: Gaps = {}): string[] => {
    const gaps = { ...gapsOf(from, phrases), ...more };
    return sentences.flatMap((each) => fill(each, gaps) ?? []);
  };
  const leadOf = (from: Material, part: "subject" | "opening"): string[] => {
    const lead = phrases.lead[from.angle];
    const parts = lead ? filled([lead.subject, lead.opening], from) : [];
    return parts.length === 2 ? parts.slice(part === "subject" ? 0 : 1).slice(0, 1) : [];
  };
  return {
    greeting: phrases.greeting,
    join,
    sentence: (text) => (/[.!?]$/.test(text) ? text : `${text}.`),
    subject: (from) => [...leadOf(from, "subject"), ...filled(phrases.subject, from)],
    preheader: (from) => filled(phrases.preheader, from),
    headline: (from) => filled(phrases.headline, from),
    button: (from) => turned(phrases.button, from.pick),
    shortMessage: (from) => filled(phrases.shortMessage, from),
    picks: (from) => (from.generic ? phrases.picks.generic : phrases.picks.personal),
    paragraphs(from) {
      const openings = turned(from.generic ? phrases.opening.generic : phrases.opening.personal, from.pick);
      const start = leadOf(from, "opening")[0] ?? openings[0] ?? "";
      const offer = offerOf(from);
      const notes = join(...from.notes);
      const lists = [3, 2, 1].flatMap((count) => {
        const list = listOf(from, count, phrases);
        const [products = ""] = list ? filled(turned(phrases.products, from.pick), from, { list }) : [];
        return products ? [join(products, ...filled([phrases.features], from))] : [];
      });
      return [
        ...lists.map((products) => [start, products, offer, notes].filter(Boolean)),
        ...lists.slice(-1).map((products) => [start, products, offer].filter(Boolean)),
        [start, offer, notes].filter(Boolean),
        [start, offer].filter(Boolean),
        [phrases.nothingElse],
      ];
    },
  };

  function offerOf(from: Material): string {
    const words = from.offerWords;
    if (words === null) return filled(phrases.offer, from)[0] ?? "";
    const untold = {
      code: from.code && words.includes(from.code) ? null : from.code,
      until: from.until && words.includes(from.until) ? null : from.until,
    };
    return join(words, filled(phrases.reminder, from, untold)[0] ?? "");
  }
}

/** More are read by nobody. */
const mostFeatures = 4;

const join = (...sentences: readonly string[]): string => sentences.filter(Boolean).join(" ");

/** Slots have two braces on each side, a gap has one. */
function fill(sentence: string, gaps: Gaps): string | null {
  let isWhole = true;
  const text = sentence.replace(/(?<!\{)\{(\w+)\}(?!\})/g, (_, name: string) => {
    const value = gaps[name];
    if (!value) isWhole = false;
    return value ?? "";
  });
  return isWhole ? text : null;
}

function gapsOf(from: Material, phrases: Phrases): Gaps {
  const { brand, offer, until, code, link, ground } = from;
  const [first, second = first] = from.products;
  const off = offer && (offer.asWords ? offer.slot : fill(phrases.off, { offer: offer.slot }));
  return {
    ...{ brand, until, code, off, ground, link: link?.slot },
    ...{
      first: first?.name,
      second: second?.name,
      features: first && listed(first.features.slice(0, mostFeatures), phrases),
    },
    ...{ priced: first && named(first, phrases), secondPriced: second && named(second, phrases) },
  };
}

const named = ({ name, price }: Material["products"][number], phrases: Phrases): string =>
  fill(phrases.named, { name, price }) ?? name;

function listOf({ products }: Material, count: number, phrases: Phrases): string | null {
  const items = products.slice(0, count).map((product) => named(product, phrases));
  return items.length < count ? null : listed(items, phrases);
}

const listed = (items: readonly string[], { and }: Phrases): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} ${and} ${items.at(-1)}`;
