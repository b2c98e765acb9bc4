/** Simplified Chinese: the same things said as a shop would say them in Chinese, not translated word by word. */
import { type Lead, noLead, type PhraseBook, said, turned } from "./phrase-book.ts";
import type { Material } from "./template-material.ts";

type Product = Material["products"][number];

const reduction = ({ offer }: Material): string | null => offer && (offer.asWords ? offer.slot : `立减${offer.slot}`);
const untilThen = ({ until }: Material): string => (until ? `，有效期至${until}` : "");
const withCode = ({ code }: Material): string => (code ? `，结账时输入${code}` : "");
const featured = ({ name, features }: Product, most: number): string | null =>
  features.length > 0 ? `${name}：${listed(features.slice(0, most))}` : null;
const named = ({ name, price }: Product): string => (price ? `${name}（${price}）` : name);

const listed = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join("、")}和${items.at(-1)}`;

const join = (...sentences: readonly string[]): string => sentences.filter(Boolean).join("");
const sentence = (text: string): string => (/[。！？.!?]$/.test(text) ? text : `${text}。`);

/** More are read by nobody. */
const mostFeatures = 4;

export const chinese: PhraseBook = {
  greeting: "{{contact:first_name|朋友}}，您好！",
  join,
  sentence,

  subject(from) {
    const off = reduction(from);
    const first = from.products[0]?.name;
    const rich = said(
      first && off ? `${first}等好物，${off}` : null,
      first && off ? `${off}，从${first}开始逛` : null,
      first && !off ? `${from.brand}好物：${first}` : null,
      first && !off && !from.generic ? `为您挑选：${first}` : null,
    );
    return [
      ...said(lead(from).subject),
      ...turned(rich, from.pick),
      ...said(off && `${off}${untilThen(from)}`, off && `${from.brand}，${off}`, first ?? null),
      `${from.brand}给您的一点灵感`,
      "来自我们的问候",
      "新品到店",
    ];
  },

  preheader(from) {
    const second = from.products[1] ?? from.products[0];
    return [
      ...said(
        from.products[0] ? featured(from.products[0], mostFeatures) : null,
        from.code && from.until && `凭${from.code}使用，有效期至${from.until}。`,
        second ? `还有${named(second)}。` : null,
        second ? `还有${second.name}。` : null,
        from.until && `有效期至${from.until}。`,
      ),
      "有空时进来看看。",
      "点开看看。",
    ];
  },

  headline(from) {
    const off = reduction(from);
    const rich = from.generic ? ["我们近来喜欢的好物", `${from.brand}上新`] : ["为您挑选的好物", "这些您也许会喜欢"];
    const first = from.products[0];
    return [
      ...said(off && `${off}${untilThen(from)}`),
      ...turned(rich, from.pick),
      ...said(first ? featured(first, 2) : null, first?.name ?? null),
      `来自${from.brand}`,
      "看看新品",
    ];
  },

  button: (from) => [...turned(["去看看", "进店逛逛", "查看好物"], from.pick), "查看", "打开"],

  shortMessage(from) {
    const link = from.link ? `：${from.link.slot}` : "。";
    const off = reduction(from);
    const offer = off && `${off}${withCode(from)}${untilThen(from)}`;
    const brief = off && `${off}${from.code ? `，凭${from.code}` : ""}${from.until ? `，至${from.until}` : ""}`;
    const [first, second] = from.products;
    return said(
      first && !offer && first.features.length > 0
        ? `${named(first)}，${listed(first.features.slice(0, mostFeatures))}${link}`
        : null,
      first && second && offer ? `${named(first)}、${named(second)}，${offer}${link}` : null,
      first && offer ? `${named(first)}，${offer}${link}` : null,
      first && brief ? `${first.name}，${brief}${link}` : null,
      brief && `${brief}${link}`,
      first && second && !offer ? `推荐${listed([named(first), named(second)])}${link}` : null,
      first ? `推荐${named(first)}${link}` : null,
      first ? `${first.name}${link}` : null,
      off && `${off}${link}`,
      `新品到店，欢迎来看看${link}`,
    );
  },

  picks: (from) => `${from.generic ? "本店还有" : "这些您也许也会喜欢"}：{{picks}}`,

  paragraphs(from) {
    const openings = from.generic
      ? ["我们店里添了几件好物，想请您看看。", "来看看我们的新品吧。"]
      : ["我们为您挑了几件好物。", "想和您分享几件也许您会喜欢的东西。"];
    const start = lead(from).opening ?? turned(openings, from.pick)[0] ?? "";
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
      ["新品到店，欢迎来看看。"],
    ];
  },
};

function lead(from: Material): Lead {
  const first = from.products[0];
  switch (from.angle) {
    case "benefit":
      return noLead;
    case "price": {
      const price = first?.price ? named(first) : reduction(from);
      return price ? { subject: price, opening: "先说价格。" } : noLead;
    }
    case "curiosity": {
      const question = first ? `您见过${first.name}吗？` : "您来看过了吗？";
      return { subject: question, opening: question };
    }
    case "urgency":
      return from.ground ? { subject: `有效期至${from.ground}`, opening: `有效期至${from.ground}。` } : noLead;
    case "novelty":
    case "social_proof":
    case "values":
      return from.ground ? { subject: from.ground, opening: `${opening[from.angle]}${sentence(from.ground)}` } : noLead;
  }
}

const opening = { novelty: "我们有新消息：", social_proof: "大家是这样说的。", values: "我们看重的是：" };

function offerSentences(from: Material): string[] {
  const off = reduction(from);
  const terms = off && sentence(`现在${off}${withCode(from)}${untilThen(from)}`);
  return said(from.offerWords ? join(from.offerWords, reminder(from)) : terms);
}

/** The code and the date, when the brief's own words about the offer do not hold them. */
function reminder(from: Material): string {
  const code = from.code && !from.offerWords?.includes(from.code) ? `结账时输入${from.code}` : "";
  const until = from.until && !from.offerWords?.includes(from.until) ? `有效期至${from.until}` : "";
  const words = [code, until].filter(Boolean).join("，");
  return words && sentence(words);
}

function productSentence(from: Material, count: number): string[] {
  const products = from.products.slice(0, count);
  if (products.length < count) return [];
  const list = listed(products.map(named));
  return turned([`推荐您看看${list}。`, `其中有${list}。`, `不妨从${list}看起。`], from.pick).slice(0, 1);
}
