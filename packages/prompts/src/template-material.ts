/** What the template writer has to work with: the fact sheet sorted by the part each fact can play in a message. */
import { type AngleName, groundOf } from "@chorus/core/angle";
import { type BrandVoice, isMeantFor, statementIn } from "@chorus/core/brand-voice";
import { type Fact, factSpeaksOf, labelOf, languageOf, showFact } from "@chorus/core/fact";
import { refusalsIn } from "@chorus/core/problem";
import { contentHash } from "@chorus/core/variant";
import { checkVoice } from "@chorus/guards/brand-voice";
import { checkCopy } from "@chorus/guards/check-copy";
import { wording } from "@chorus/guards/wording";
import { placeFacts } from "./place-facts.ts";
import type { WritingTask } from "./writer.ts";

/** Every value is a slot as it stands in copy, such as `{{fact:offer}}`, or words that hold slots. */
export type Material = {
  readonly brand: string;
  readonly products: readonly {
    readonly name: string;
    readonly price: string | null;
    readonly features: readonly string[];
  }[];
  /** A reduction; `asWords`: the fact is a phrase that says all of it itself. */
  readonly offer: { readonly slot: string; readonly asWords: boolean } | null;
  readonly until: string | null;
  readonly code: string | null;
  /** The brief's own words about the offer, its figures made slots. */
  readonly offerWords: string | null;
  /** Whole sentences about delivery, returns and the like. */
  readonly notes: readonly string[];
  readonly mustSay: readonly string[];
  /** Each reader is shown products of their own. */
  readonly picks: boolean;
  readonly link: { readonly id: string; readonly slot: string } | null;
  readonly angle: AngleName;
  /** What the angle stands on, as words that can be put in a sentence; null where it needs nothing or nothing is there. */
  readonly ground: string | null;
  /** Nobody in particular is written to, so nothing may sound chosen for the reader. */
  readonly generic: boolean;
  /** The same for the same segment: which of several ways to say it is taken. */
  readonly pick: number;
};

const slot = (of: { id: string }): string => `{{fact:${of.id}}}`;
const isProduct = ({ id }: { id: string }): boolean => /^product_\d+(?:_|$)/.test(id);

export function gatherMaterial(task: WritingTask): Material {
  const own = task.facts.facts.filter((fact) => !isProduct(fact) && mayBeShown(fact, task));
  const offer = own.find((fact) => fact.kind !== "date" && fact.kind !== "number" && factSpeaksOf(fact, offerWords));
  const until = own.find((fact) => fact.kind === "date" && factSpeaksOf(fact, endWords));
  const code = own.find((fact) => fact.kind === "text" && fact !== offer && factSpeaksOf(fact, codeWords));
  const rest = own.filter((fact) => ![offer, until, code].includes(fact));
  return {
    brand: task.voice.brand,
    products: productsOf(task),
    offer: offer ? { slot: slot(offer), asWords: offer.kind === "text" } : null,
    until: until ? slot(until) : null,
    code: code ? slot(code) : null,
    offerWords: wordsOf(task.brief.offer, task),
    notes: rest.flatMap((fact) => noteOf(fact, task)),
    mustSay: [
      ...task.brief.mustSay.map((phrase) => placeFacts(phrase, task.facts, task.locale)),
      ...wordsOfVoice(task),
    ],
    picks: task.brief.picks ?? false,
    link: linkOf(task),
    angle: task.angle,
    ground: groundWords(task),
    generic: task.segment.generic,
    pick: Number.parseInt(contentHash(task.segment.name).slice(0, 6), 16),
  };
}

/** One of each list. They stand as sentences of their own, which a bare name would be the oddest of. */
const wordsOfVoice = ({ voice, locale }: WritingTask): string[] =>
  voice.mustWords
    .filter((each) => isMeantFor(locale, each.locale))
    .flatMap(({ oneOf }) => oneOf.find((phrase) => phrase !== voice.brand) ?? oneOf[0] ?? []);

const offerWords = new Set(
  "offer discount off save saving savings reduction rebate promo deal rabatt nachlass remise réduction 优惠 折扣 立减".split(
    " ",
  ),
);
const endWords = new Set(
  "end ends until till deadline last expires expiry closes closing valid ende gültig fin jusque 截止 结束 有效期".split(
    " ",
  ),
);
const codeWords = new Set("code coupon voucher promocode gutschein bon 优惠码 折扣码 优惠券 口令".split(" "));

/** A name from the shop's catalogue may hold a word that this brief or brand must not use. */
function mayBeShown(fact: Fact, { facts, locale, brief, voice }: WritingTask): boolean {
  const texts = [{ path: "", text: slot(fact) }];
  const alone = { facts, locale, brief: { mustSay: [], mustNotSay: brief.mustNotSay } };
  return wording(texts, alone).length + checkVoice(texts, { facts, locale, voice: asPart(voice) }).length === 0;
}

function productsOf(task: WritingTask): Material["products"] {
  const { facts } = task.facts;
  return facts
    .filter((fact) => fact.kind === "text" && /^product_\d+_name$/.test(fact.id) && mayBeShown(fact, task))
    .map((name) => {
      const price = facts.find((fact) => fact.kind === "money" && fact.id === name.id.replace(/name$/, "price"));
      return { name: slot(name), price: price ? slot(price) : null, features: featuresOf(name.id, task) };
    });
}

function featuresOf(nameId: string, task: WritingTask): string[] {
  const of = nameId.replace(/name$/, "feature_");
  return task.facts.facts
    .filter(
      (fact) => fact.id.startsWith(of) && mayBeShown(fact, task) && isIn(task.locale, showFact(fact, task.locale)),
    )
    .map(slot);
}

function linkOf({ brief, facts }: WritingTask): Material["link"] {
  const link = facts.links.find((each) => each.id === brief.mainLink) ?? facts.links[0];
  return link ? { id: link.id, slot: `{{link:${link.id}}}` } : null;
}

/** Words of a person, if they are in this language and stand the guards once their figures are slots. */
function wordsOf(text: string, task: WritingTask): string | null {
  const placed = placeFacts(text.trim(), task.facts, task.locale);
  if (!placed || !isIn(task.locale, placed) || !passes(placed, task)) return null;
  return /[.!?。！？]$/.test(placed) ? placed : `${placed}${languageOf(task.locale) === "zh" ? "。" : "."}`;
}

/** "4.6 stars" says it by itself; 4.6 needs its label. A value is the brand's own words, if they stand the guards. */
function groundWords(task: WritingTask): string | null {
  if (task.angle === "values") {
    const values = task.voice.values.map((value) => statementIn(value, task.locale));
    return values.find((value) => value !== null && mayStand(value, task)) ?? null;
  }
  const fact = groundOf(task.angle, task.facts.facts);
  if (!fact || !mayBeShown(fact, task)) return null;
  if (fact.kind === "text") return isIn(task.locale, showFact(fact, task.locale)) ? slot(fact) : null;
  if (task.angle !== "social_proof") return slot(fact);
  const label = labelOf(fact, task.locale);
  if (label === fact.id || !mayStand(label, task)) return null;
  return `${label}${languageOf(task.locale) === "zh" ? "：" : ": "}${slot(fact)}`;
}

const mayStand = (words: string, task: WritingTask): boolean => isIn(task.locale, words) && passes(words, task);

/** A fact that is a sentence stands alone; another needs its label: "Delivery: 3 days". */
function noteOf(fact: Fact, task: WritingTask): string[] {
  const shown = showFact(fact, task.locale);
  if (fact.kind === "text" && !isIn(task.locale, shown)) return [];
  const stop = languageOf(task.locale) === "zh" ? "。" : ".";
  const end = /[.!?。！？]$/.test(shown) ? "" : stop;
  const isSentence = fact.kind === "text" && (shown.split(/\s+/).length >= 3 || /\p{Script=Han}{5}/u.test(shown));
  if (isSentence) return [`${slot(fact)}${end}`];
  const label = labelOf(fact, task.locale);
  if (!fact.label || label === fact.id || !isIn(task.locale, label) || !passes(label, task)) return [];
  return [`${label}${languageOf(task.locale) === "zh" ? "：" : ": "}${slot(fact)}${end}`];
}

/** By its letters only: a word or two is too little for more. */
function isIn(locale: string, text: string): boolean {
  const words = text.replace(/\{\{[^}]*\}\}/g, "");
  return languageOf(locale) === "zh" ? /\p{Script=Han}/u.test(words) : !/\p{Script=Han}/u.test(words);
}

/** What must stand in a message need not stand in every part of it. */
const asPart = (voice: BrandVoice): BrandVoice => ({ ...voice, mustWords: [] });

function passes(text: string, { facts, locale, brief, voice }: WritingTask): boolean {
  const alone = { mustSay: [], mustNotSay: brief.mustNotSay, sector: brief.sector };
  const held = { facts, locale, brief: alone, voice: asPart(voice), by: "model" } as const;
  const problems = checkCopy({ texts: [{ path: "", text }], ...held });
  return refusalsIn(problems).length === 0;
}
