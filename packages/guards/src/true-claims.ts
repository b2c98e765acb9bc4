/**
 * What a person may write out because a fact says the same: `25% off`, `七五折` and `a quarter off` are one fact in three
 * forms. Whatever is supported is blanked out, so that the rules of claims.ts see only what is not.
 */
import type { FactSheet } from "@chorus/core/fact";
import { countedBehind } from "./figure-forms.ts";
import { agree, type Figure, type FigureValue, figureOf, readFigures } from "./figures.ts";
import { fold, gap, phrasePattern, slotMark } from "./fold.ts";
import { anyNumber, englishNumber, readNumber } from "./numerals.ts";

export type Unsupported = { readonly from: number; readonly to: number; readonly is: Figure["is"] | "code" };

export type TrueClaims = {
  /** As long as the text, with everything that is supported as a mark. */
  readonly rest: string;
  /** The same with its figures: an offer is told by the numbers in it. */
  readonly offers: string;
  /** Figures that no fact states, where a rule might not know them for figures. */
  readonly unsupported: readonly Unsupported[];
  /** Amounts of what no fact speaks of: how far it is, how old somebody is, how many cats sleep on it. */
  readonly beside: readonly { readonly from: number; readonly to: number }[];
};

type Grounds = {
  readonly phrases: readonly string[];
  readonly figures: readonly FigureValue[];
  readonly deals: ReadonlySet<string>;
  readonly places: readonly string[];
  /** Words of what is given away, by fact. */
  readonly gifts: readonly ReadonlySet<string>[];
  readonly hasCode: boolean;
  /** Words of the names of what is counted: `compartments`. */
  readonly things: ReadonlySet<string>;
};

/** `text`: a person's, with the slots already marked (see `outsideSlots`). */
export function withoutTrueClaims(text: string, facts: FactSheet, brand: string): TrueClaims {
  const grounds = groundsOf(facts);
  const pen = openPen(text);
  pen.blankAll(idioms);
  for (const phrase of grounds.phrases) pen.blankAll(phrasePattern(phrase));
  pen.blankIf(addressPattern, (found) => grounds.places.includes(placeOf(found)));
  for (const { pattern, key } of dealForms) pen.blankIf(pattern, (_all, found) => supports(grounds.deals, key(found)));
  pen.blankIf(giftPattern, (_all, found) => isGiven(`${found[1]}${found[2]}`, grounds.gifts));
  pen.blankIf(freePattern, (_all, found) => isGiven(found[1] ?? "", grounds.gifts));
  pen.blankIf(atNoCharge, (_all, { input, index }) => isSpokenOfAsFree(input?.slice(0, index) ?? "", grounds.gifts));
  const offers = pen.text();
  const figures = readFigures(pen.folded());
  const isTrue = (figure: Figure): boolean =>
    grounds.figures.some((each) => agree(figure, each)) || isSaving(figure, pen.folded(), grounds);
  const untrue = figures.filter((figure) => !isTrue(figure) && isSure(figure, pen.folded(), grounds));
  const places = untrue.map(({ from, to, is }) => pen.placed({ from, to, is }));
  for (const figure of [...figures].reverse()) if (isTrue(figure)) pen.blank(figure.from, figure.to);
  const beside = figures.filter((figure) => !isTrue(figure) && !isSpokenOf(figure, grounds)).map(pen.placed);
  const codes = grounds.hasCode ? codesIn(pen.folded(), brand).map((span) => pen.placed(span)) : [];
  return { rest: pen.text(), offers, unsupported: [...places, ...codes], beside };
}

/** Spans are of the folded text; what is blanked keeps its length in the original. */
function openPen(original: string) {
  let text = original;
  let seen = fold(text);
  const write = (from: number, to: number): void => {
    const [start, end] = seen.place(from, to);
    text = text.slice(0, start) + slotMark + gap.repeat(Math.max(0, end - start - 1)) + text.slice(end);
  };
  const again = (): void => {
    seen = fold(text);
  };
  const blankIf = (pattern: RegExp, holds: (all: string, found: RegExpMatchArray) => boolean): void => {
    for (const found of [...seen.text.matchAll(pattern)].reverse())
      if (found[0] && holds(found[0], found)) write(found.index, found.index + found[0].length);
    again();
  };
  return {
    text: () => text,
    folded: () => seen.text,
    placed: <T extends { from: number; to: number }>(span: T): T => {
      const [from, to] = seen.place(span.from, span.to);
      return { ...span, from, to };
    },
    blank(from: number, to: number) {
      write(from, to);
      again();
    },
    blankIf,
    blankAll: (pattern: RegExp) => blankIf(pattern, () => true),
  };
}

function groundsOf({ facts, links }: FactSheet): Grounds {
  const texts = facts.flatMap((fact) =>
    fact.kind === "text" ? [fact.value, ...Object.values(fact.byLocale ?? {})] : [],
  );
  const named = facts.flatMap((fact) =>
    fact.kind === "number" ? [`${fact.id}${fact.value}`, `${fact.id} ${fact.value}`] : [],
  );
  const plain = texts.map((text) => fold(text).text);
  const stated = facts.flatMap((fact) => figureOf(fact) ?? []);
  const gifts = plain.filter((text) => /\bfree\b|complimentary/i.test(text)).map((text) => new Set(wordsOf(text)));
  return {
    phrases: [...texts, ...named].filter((text) => /\p{L}/u.test(text)).sort((a, b) => b.length - a.length),
    figures: [
      ...stated,
      ...plain
        .filter((text) => !codeForm.test(text))
        .flatMap(readFigures)
        .flatMap(inAnOffer),
    ],
    deals: new Set(plain.flatMap(dealsIn)),
    places: links.flatMap(({ url }) => [placeOf(url), new URL(url).hostname.replace(/^www\./, "")]),
    gifts,
    things: new Set(facts.flatMap(({ kind, id }) => (kind === "number" ? wordsOf(id.replaceAll("_", " ")) : []))),
    hasCode: texts.some((text) => codeForm.test(text)),
  };
}

/** In `100 off every 1,000` the second amount needs no currency. */
const inAnOffer = (figure: FigureValue): FigureValue[] =>
  figure.is === "money" ? [figure, { is: "number", value: figure.amount, unit: "count" }] : [figure];

/** Numbers that count nothing. */
const idioms =
  /《[^《》]{1,30}》|第[一二三四五六七八九十]+(?![件杯份双瓶盒位名套支])|三天打鱼|两天晒网|二十四节气|两点一线|不怕一万|一千零一夜|三个臭皮匠|三两步|两三句|三三两两|三天两头|半斤八两|一两天|两三[天个]?|一举两得|两全其美|三心二意|五颜六色|四面八方|七嘴八舌|七上八下|三五好友|三言两语|一心一意|一时半会|半日清闲|千万(?=别|不要|要)|第[一二三]天|\b(?:a\smillion\stimes|(?:just\s|the\s)?two\sof\s(?:us|you)|square\sone|four-legged|in\stwo\sminds|one\smore\sthing|a\sday\sor\stwo|cloud\snine|take\sfive|twelve\sdays\sof\schristmas|over-18s|(?:1[5-9]|20)\d0s)\b|@(?:所有人|channel|here|all|everyone)\b/giu;

const codeForm = /^(?=.*[A-Z])[A-Z0-9-]{4,}$/;
const knownCapitals =
  /^(?:FREE|SALE|NEW|ONLY|NOW|LED|USB|FLASH|XMAS|OPEN|TODAY|TONIGHT|HDMI|ASAP|FAQ|VIP|BOGO|BOGOF|DIY|OEKO|TEX|WIFI)$/;

/** Beside a fact that is a code, any other word in capitals is taken for one. */
function codesIn(text: string, brand: string): Unsupported[] {
  return [...text.matchAll(/(?<![A-Za-z0-9.@/])[A-Z][A-Z0-9]{3,}(?![A-Za-z0-9])/gu)]
    .filter(({ 0: word }) => !knownCapitals.test(word) && word.toLowerCase() !== brand.toLowerCase())
    .map(({ index, 0: word }) => ({ from: index, to: index + word.length, is: "code" }));
}

const addressPattern = /(?<![a-z0-9.@-])(?:https?:\/\/)?(?:[a-z0-9][a-z0-9-]{0,62}\.)+[a-z]{2,}(?:\/[\x21-\x7e]*)?/giu;
const placeOf = (address: string): string =>
  address
    .replace(/^https?:\/\//i, "")
    .replace(/^www\./i, "")
    .replace(/[.,;:!?)]+$/, "")
    .replace(/\/$/, "")
    .toLowerCase();

/** A word that counts nothing by itself is a figure only with what it measures or counts. */
const countedThings =
  /^\s?[件款套支瓶盒条只双对张杯袋箱册颗粒片块包罐桶层色辆卷枚期种家把]|^人[帐桌座餐份位用装间床套锅同]/u;
function isSure(figure: Figure, text: string, { figures, things }: Grounds): boolean {
  if (figure.is === "time") return figures.some(({ is }) => is === "time"); // else the rules know which of them are claims
  if (figure.is === "weekday")
    return /每$/u.test(text.slice(0, figure.from)) || /^[到至起前]/u.test(text.slice(figure.to));
  if (figure.is !== "number") return true;
  const written = text.slice(figure.from, figure.to);
  if (/[元块起€£$\d]\s?$/u.test(text.slice(0, figure.from)) && /^一/.test(written)) return false; // so much a day
  const isOfWarranty =
    /^['s]*\s?(?:warranty|guarantee|质保|保修|联保|包换|免费退|无理由)/iu.test(text.slice(figure.to)) ||
    /(?:质保|保修)$/.test(text.slice(0, figure.from));
  if (/^(?:a|an|one|一|半)[-\s\p{Script=Han}]/iu.test(`${written} `) && figure.unit === "time")
    return (
      isOfWarranty ||
      /^one-/i.test(written) ||
      (/^one\b|^一/i.test(written) &&
        figures.some(({ is, ...of }) => is === "number" && "unit" in of && of.unit === "time"))
    );
  if (/^一/.test(written) && figure.value > 0) return isOfWarranty;
  if (figure.unit !== "count") return !/^[一两]?[天日年周]$/u.test(written);
  const thing = wordsOf(/^[\s-]\p{Script=Latin}+/u.exec(text.slice(figure.to))?.[0] ?? "")[0];
  if (thing !== undefined && things.has(thing)) return true;
  if (/\b(?:pack|set|box|bundle|case)\sof\s$/i.test(text.slice(0, figure.from))) return true;
  const behind = things.size > 0 ? countedBehind : countedThings;
  return figure.value > 1 && behind.test(text.slice(figure.to)) && !/^[百千万]+$/u.test(written.trim());
}

/** An amount in the unit of some fact: then it must be that fact's. */
function isSpokenOf(figure: Figure, { figures }: Grounds): boolean {
  return figure.is !== "number" || figures.some((each) => each.is === "number" && each.unit === figure.unit);
}

/** "Save £30" is as true as the two prices it lies between. */
function isSaving(figure: Figure, text: string, { figures }: Grounds): boolean {
  if (figure.is !== "money" || !/(?:\bsav(?:e|es|ing)\s|省下?|便宜)$/iu.test(text.slice(0, figure.from))) return false;
  const prices = figures.flatMap((each) => (each.is === "money" ? [each.amount] : []));
  return prices.some((one) => prices.some((other) => Math.abs(one - other - figure.amount) < 0.005));
}

type DealForm = { readonly pattern: RegExp; key(found: RegExpMatchArray): string | null };
const deal = (source: string, key: DealForm["key"]): DealForm => ({ pattern: new RegExp(source, "giu"), key });
const n = (text: string | undefined): number => readNumber(text ?? "") ?? Number.NaN;
const amount = `(?:[£$€¥]\\s?)?(${anyNumber})(?:\\s?(?:元|块|pounds?|dollars?|euros?))?`;
const delivery = "(?:delivery|shipping|postage)";

/** Ways of saying one offer, and the offer. */
const dealForms: readonly DealForm[] = [
  deal(
    `\\bbuy\\s(${anyNumber})(?:\\s\\p{L}+)?,?\\s(?:and\\s|when\\s)?(?:you\\s)?get\\s(?:the\\s)?(${anyNumber}|another|next|second)(?:\\s\\p{L}+)?\\s(free|half[-\\s](?:price|off))`,
    ([, buy, get, how]) =>
      `buy ${n(buy)} get ${/\d|\p{L}/u.test(get ?? "") && !/another|next|second/i.test(get ?? "") ? n(get) : 1} ${/free/i.test(how ?? "") ? "free" : "half"}`,
  ),
  deal(
    `(${anyNumber})[-\\s]for[-\\s](?:the\\sprice\\sof\\s)?(${anyNumber})(?![\\d.,]*\\s?(?:元|pounds|dollars))`,
    ([, all, paid]) => (n(all) > n(paid) ? `buy ${n(paid)} get ${n(all) - n(paid)} free` : null),
  ),
  deal("\\bbogof?\\b", () => "buy 1 get 1 free"),
  deal(`买(${anyNumber})[送赠免](${anyNumber})`, ([, buy, get]) => `buy ${n(buy)} get ${n(get)} free`),
  deal("第(?:二|2)件(?:免费|零元|0元)", () => "buy 1 get 1 free"),
  deal(
    "第(?:二|2)件(?:半价|五折|5折)|\\b(?:the\\s)?second\\s(?:one\\s|item\\s)?(?:is\\s)?half[-\\s]price",
    () => "buy 1 get 1 half",
  ),
  deal(`满${amount}(?:即可|立)?减${amount}`, ([, from, off]) => `spend ${n(from)} save ${n(off)}`),
  deal(
    `\\bspend\\s${amount},?\\s(?:and\\s)?(?:save|get)\\s${amount}(?:\\soff)?`,
    ([, from, off]) => `spend ${n(from)} save ${n(off)}`,
  ),
  deal(`满${amount}(?:即可|就|即)?(?:包邮|免运费|免邮)`, ([, from]) => `delivery from ${n(from)}`),
  deal(
    `\\bfree\\s${delivery}\\s(?:on\\s(?:all\\s)?(?:orders|baskets|anything)\\s)?(?:over|above|from|of)\\s${amount}`,
    ([, from]) => `delivery from ${n(from)}`,
  ),
  deal(
    `\\b(?:orders|spend|baskets|anything)\\s(?:over|above|of)\\s${amount}\\s(?:ships?|is\\sdelivered|are\\sdelivered|goes|travels?)\\s(?:for\\s)?free`,
    ([, from]) => `delivery from ${n(from)}`,
  ),
  deal(
    `\\bfree\\sreturns\\s(?:within|for)\\s(${anyNumber})\\s?(days?|weeks?|months?)`,
    ([, length, unit]) => `returns ${n(length)} ${unit?.[0]}`,
  ),
  deal(`(${anyNumber})天(?:内)?(?:免费|无理由|包)退(?:换|货)?`, ([, length]) => `returns ${n(length)} d`),
  deal(
    "\\breturns\\s(?:are|is)\\s(?:always\\s)?free\\b|\\bfree\\sreturns\\b(?!\\s(?:within|for))|免费退换(?!货?\\d)",
    () => "returns",
  ),
];

function dealsIn(text: string): string[] {
  return dealForms.flatMap(({ pattern, key }) =>
    [...text.matchAll(pattern)].flatMap((found) => {
      const name = key(found);
      return name === null ? [] : name.startsWith("returns ") ? [name, "returns"] : [name];
    }),
  );
}

const supports = (deals: ReadonlySet<string>, key: string | null): boolean => key !== null && deals.has(key);

/** What is free, up to the end of what is said about it. */
const giftPattern = new RegExp(
  `((?:${englishNumber}\\s)?)\\b(?:free|complimentary)\\s((?:[\\p{L}'-]+\\s?){1,8})`,
  "giu",
);
const freePattern =
  /((?:[\p{L}'-]+\s){1,4})(?:is|are|comes?|goes|travels?|eats?|stays?)\s(?:always\s|completely\s)?free\b/giu;
/** What costs nothing stands before it, and mostly as a verb: "we engrave it for free" for free engraving. */
const atNoCharge = /\b(?:free\sof\scharge|for\sfree)\b/giu;
const stemLength = 4;
function isSpokenOfAsFree(before: string, gifts: readonly ReadonlySet<string>[]): boolean {
  const clause = before.split(/[.!?]/).at(-1)?.toLowerCase() ?? "";
  const stems = gifts
    .flatMap((gift) => [...gift])
    .filter((word) => word.length >= stemLength && !/^(?:free|with|every)/.test(word));
  return stems.some((word) => clause.includes(word.slice(0, stemLength)));
}
const clauseEnd = /\b(?:until|till|by|at|from|when|and|so|this|that|is|are|if|as|to|inside|while|because)\b.*/iu;
const emptyWords = /^(?:a|an|the|with|on|for|of|in|every|our|your|all|any|it|you)$/iu;
const wordsOf = (text: string): string[] =>
  (text.toLowerCase().match(/[\p{L}']{2,}/gu) ?? []).map((word) => word.replace(/(?:es|s)$/, ""));

function isGiven(said: string, gifts: readonly ReadonlySet<string>[]): boolean {
  const words = wordsOf(said.replace(clauseEnd, "")).filter(
    (word) => !emptyWords.test(word) || /^(?:every|all|any)$/.test(word),
  );
  return words.length > 0 && gifts.some((gift) => words.every((word) => gift.has(word)));
}
