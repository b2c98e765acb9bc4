/** English. Plain words, nothing that only a fact could say. Kept to letters that an SMS carries at 160 a part. */
import { type Lead, noLead, type PhraseBook, said, turned } from "./phrase-book.ts";
import type { Material } from "./template-material.ts";

type Product = Material["products"][number];

const reduction = ({ offer }: Material): string | null => offer && (offer.asWords ? offer.slot : `${offer.slot} off`);
const untilThen = ({ until }: Material): string => (until ? ` until ${until}` : "");
const withCode = ({ code }: Material): string => (code ? ` with code ${code}` : "");
const featured = ({ name, features }: Product, most: number): string | null =>
  features.length > 0 ? `${name}: ${listed(features.slice(0, most))}` : null;
const named = ({ name, price }: Product): string => (price ? `${name} for ${price}` : name);

/** "a", "a and b", "a, b and c". */
const listed = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;

const join = (...sentences: readonly string[]): string => sentences.filter(Boolean).join(" ");
const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** More are read by nobody. */
const mostFeatures = 4;

export const english: PhraseBook = {
  greeting: "Hello {{contact:first_name|there}},",
  join,
  sentence,

  subject(from) {
    const off = reduction(from);
    const first = from.products[0]?.name;
    const rich = said(
      first && off ? `${first}, and ${off}` : null,
      first && off ? `${off}, starting with ${first}` : null,
      first && !off ? `${first} and more from ${from.brand}` : null,
      first && !off && !from.generic ? `We thought you might like ${first}` : null,
    );
    return [
      ...said(lead(from).subject),
      ...turned(rich, from.pick),
      ...said(off && `${off}${untilThen(from)}`, off && `${off} at ${from.brand}`, first ?? null),
      `A few ideas from ${from.brand}`,
      "Hello from all of us",
      "New in",
    ];
  },

  preheader(from) {
    const second = from.products[1] ?? from.products[0];
    return [
      ...said(
        from.products[0] ? featured(from.products[0], mostFeatures) : null,
        from.code && from.until && `Use ${from.code} until ${from.until}.`,
        second ? `Also inside: ${named(second)}.` : null,
        second ? `Also inside: ${second.name}.` : null,
        from.until && `Good until ${from.until}.`,
      ),
      "Take a look when you have a minute.",
      "Have a look inside.",
    ];
  },

  headline(from) {
    const off = reduction(from);
    const first = from.products[0];
    const rich = from.generic
      ? ["What we are enjoying right now", `New ideas from ${from.brand}`]
      : ["Picked with you in mind", "A few things you may like"];
    return [
      ...said(off && `${off}${untilThen(from)}`),
      ...turned(rich, from.pick),
      ...said(first ? featured(first, 2) : null, first?.name ?? null),
      `From ${from.brand}`,
      "Have a look",
    ];
  },

  button: (from) => [...turned(["See the collection", "Have a look", "Start browsing"], from.pick), "Shop now", "Open"],

  shortMessage(from) {
    const link = from.link ? `: ${from.link.slot}` : ".";
    const off = reduction(from);
    const offer = off && `${off}${untilThen(from)}${withCode(from)}`;
    const [first, second] = from.products;
    return said(
      first && !offer && first.features.length > 0
        ? `${named(first)}, ${listed(first.features.slice(0, mostFeatures))}${link}`
        : null,
      first && second && offer ? `${named(first)}, ${named(second)}. ${offer}${link}` : null,
      first && offer ? `${named(first)}. ${offer}${link}` : null,
      first && offer ? `${first.name}: ${offer}${link}` : null,
      offer && `${offer}${link}`,
      first && second && !offer ? `${listed([named(first), named(second)])}${link}` : null,
      first ? `${named(first)}${link}` : null,
      first ? `${first.name}${link}` : null,
      off && `${off}${link}`,
      `See what is new${link}`,
    );
  },

  picks: (from) => `${from.generic ? "Also in our shop" : "You may also like"}: {{picks}}`,

  paragraphs(from) {
    const opening = from.generic
      ? turned(["here are a few things we are glad to have on the shelf.", "here is what is new with us."], from.pick)
      : turned(
          ["we have put together a few things that we think you will like.", "here are a few ideas for you."],
          from.pick,
        );
    const start = lead(from).opening ?? opening[0] ?? "";
    const offer = offerSentences(from);
    const features = from.products[0] && featured(from.products[0], mostFeatures);
    const products = [3, 2, 1]
      .flatMap((count) => productSentence(from, count))
      .map((products) => join(products, features ? sentence(features) : ""));
    return [
      ...products.map((products) => [start, products, ...offer, join(...from.notes)].filter(Boolean)),
      ...products.slice(-1).map((product) => [start, product, ...offer]),
      [start, ...offer, join(...from.notes)].filter(Boolean),
      [start, ...offer],
      ["here is what is new."],
    ];
  },
};

function lead(from: Material): Lead {
  const first = from.products[0];
  switch (from.angle) {
    case "benefit":
      return noLead;
    case "price": {
      const price = first?.price ? `${first.name} for ${first.price}` : reduction(from);
      return price ? { subject: price, opening: "let us begin with the prices." } : noLead;
    }
    case "curiosity": {
      if (!first) return { subject: "Have you seen it yet?", opening: "have you seen what is on our shelf?" };
      const question = `ave you seen ${first.name} yet?`;
      return { subject: `H${question}`, opening: `h${question}` };
    }
    case "urgency":
      return from.ground ? { subject: `Until ${from.ground}`, opening: `this is good until ${from.ground}.` } : noLead;
    case "novelty":
    case "social_proof":
    case "values":
      return from.ground
        ? { subject: from.ground, opening: `${opening[from.angle]} ${sentence(from.ground)}` }
        : noLead;
  }
}

const opening = {
  novelty: "this is new with us:",
  social_proof: "this is what others make of it.",
  values: "this is what matters to us:",
};

function offerSentences(from: Material): string[] {
  const off = reduction(from);
  const terms = off && `${from.offer?.asWords ? off : `Take ${off}`}${untilThen(from)}${withCode(from)}.`;
  const withWords = from.offerWords && join(from.offerWords, reminder(from));
  return said(from.offerWords ? withWords : terms);
}

/** The code and the date, when the brief's own words about the offer do not hold them. */
function reminder(from: Material): string {
  const code = from.code && !from.offerWords?.includes(from.code) ? `Use code ${from.code}` : "";
  const until = from.until && !from.offerWords?.includes(from.until) ? `until ${from.until}` : "";
  if (code) return sentence([code, until].filter(Boolean).join(" "));
  return until ? sentence(`It is good ${until}`) : "";
}

function productSentence(from: Material, count: number): string[] {
  const products = from.products.slice(0, count);
  if (products.length < count) return [];
  const list = listed(products.map(named));
  const ways = [`Have a look at ${list}.`, `Among them: ${list}.`, `Start with ${list}.`];
  return turned(ways, from.pick).slice(0, 1);
}
