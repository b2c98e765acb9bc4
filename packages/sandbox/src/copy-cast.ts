/** Sorts a request's slots by the part they can play in a text. Every member is a slot as it stands in copy: `{{fact:price}}`. */
import type { CopyRequest, CopySlot } from "./copy-request.ts";

export type Product = { readonly name: string; readonly price: string | null; readonly features: readonly string[] };

export type Cast = {
  readonly products: readonly Product[];
  readonly offer: string | null;
  readonly offerIsShare: boolean;
  readonly code: string | null;
  readonly deadline: string | null;
  /** When something takes place. */
  readonly day: string | null;
  readonly brand: string | null;
  /** Checked sentences about delivery, returns and the like. */
  readonly notes: readonly string[];
  readonly link: string | null;
  readonly linkIds: readonly string[];
  /** With the default that a slot of a contact's field needs. */
  readonly firstName: ((fallback: string) => string) | null;
  /** The slot of products picked for each reader. */
  readonly picks: string | null;
  readonly mustSay: readonly string[];
  readonly mood: Mood;
  readonly angle: Angle;
};

export function castSlots(request: CopyRequest): Cast {
  const facts = request.slots.filter((slot) => slot.id.startsWith("fact:"));
  const texts = facts.filter((slot) => !isFigure(slot));
  const dates = facts.filter((slot) => slot.kind === "date");
  const links = request.slots.filter((slot) => slot.id.startsWith("link:")).map((slot) => bare(slot));
  const offer =
    facts.find((slot) => slot.kind === "percent") ?? facts.find((slot) => isFigure(slot) && speaksOf(slot, offerWords));
  const products = productsAmong(texts, facts, request);
  const named = new Set(products.map((product) => product.name));
  const link = mainLink(links, request.mainLink);
  return {
    products,
    offer: offer ? token(offer) : null,
    offerIsShare: offer?.kind === "percent",
    code: tokenOf(texts.find((slot) => speaksOf(slot, /code|coupon|voucher|优惠码|券/))),
    deadline: tokenOf(dates.find((slot) => !speaksOf(slot, dayWords))),
    day: tokenOf(dates.find((slot) => speaksOf(slot, dayWords))),
    brand: tokenOf(
      texts.find((slot) => speaksOf(slot, /brand|shop|store|company|品牌|店/) && slot.example.length <= 40),
    ),
    notes: texts
      .filter((slot) => speaksOf(slot, noteWords) && !isFeature(slot) && !named.has(token(slot)))
      .map(sentence),
    link: link ? `{{link:${link}}}` : null,
    linkIds: link ? [link, ...links.filter((each) => each !== link)] : links,
    firstName: firstNameSlot(request.slots),
    picks: tokenOf(request.slots.find((slot) => slot.id === "picks")),
    mustSay: request.mustSay,
    mood: moodOf(request),
    angle: angleOf(request),
  };
}

const dayWords = /course|workshop|seminar|tasting|event|活动|课程/;
const offerWords = /offer|discount|saving|off\b|折|优惠/;
const noteWords = /deliver|shipping|return|refund|wrap|pack|made|material|care|配送|退|包装|材质/;
const notProducts =
  /brand|shop|store|company|code|coupon|voucher|deliver|shipping|return|refund|policy|wrap|category|theme|offer/;
const productWords = /product|item|pick|favou?rite|seller|top|gift|hero|name|title|商品|产品/;

const bare = (slot: CopySlot): string => slot.id.slice(slot.id.indexOf(":") + 1);
const token = (slot: CopySlot): string => `{{${slot.id}}}`;
const tokenOf = (slot: CopySlot | undefined): string | null => (slot ? token(slot) : null);
const isFigure = (slot: CopySlot): boolean => ["money", "percent", "date", "number"].includes(slot.kind);
const speaksOf = (slot: CopySlot, words: RegExp): boolean => words.test(`${bare(slot)} ${slot.label}`.toLowerCase());
const sentence = (slot: CopySlot): string => `${token(slot)}${/[.!?。！？]$/.test(slot.example) ? "" : "."}`;

/** A name and its price share what is left of their ids: `p1_name` and `p1_price`, `product_2` and `price_2`. */
function productsAmong(texts: CopySlot[], facts: CopySlot[], request: CopyRequest): Product[] {
  const prices = new Map(facts.filter((slot) => slot.kind === "money").map((slot) => [stem(slot), token(slot)]));
  const words = request.about.toLowerCase().split(/[^\p{L}\p{N}_]+/u);
  const tokens = new Set(words.filter((word) => word.length >= 4));
  const own = (slot: CopySlot) =>
    request.about.includes(bare(slot)) ||
    bare(slot)
      .split("_")
      .some((part) => tokens.has(part));
  const names = texts.filter(
    (slot) =>
      !isFeature(slot) && !speaksOf(slot, notProducts) && (speaksOf(slot, productWords) || prices.has(stem(slot))),
  );
  return [...names.filter(own), ...names.filter((slot) => !own(slot))].map((slot) => ({
    name: token(slot),
    price: prices.get(stem(slot)) ?? null,
    features: texts
      .filter((each) => isFeature(each) && bare(each).startsWith(bare(slot).replace(/name$/, "feature")))
      .map(token),
  }));
}

const isFeature = (slot: CopySlot): boolean => /_feature_\d+$/.test(slot.id);
const stem = (slot: CopySlot): string =>
  bare(slot)
    .split("_")
    .filter((part) => !["name", "title", "price", "product", "item", "now"].includes(part))
    .join("_");

function mainLink(links: readonly string[], wanted: string | null): string | null {
  const proper = links.filter((each) => !/unsub|privacy|terms|legal|preference/.test(each));
  return (
    proper.find((each) => each === wanted) ??
    proper.find((each) => /cta|shop|main|store/.test(each)) ??
    proper[0] ??
    null
  );
}

function firstNameSlot(slots: readonly CopySlot[]): Cast["firstName"] {
  const slot = slots.find((each) => /^contact:(first_?name|name)/.test(each.id));
  if (!slot) return null;
  const field = slot.id.split("|")[0];
  return (fallback) => `{{${field}|${fallback}}}`;
}

export const moods = {
  new: /\bnew|welcome|first|recent|新客|新会员|首/,
  away: /laps|away|dormant|inactive|sleep|quiet|win.?back|slip|lost|risk|沉睡|流失|久未/,
  careful: /return|careful|hesitant|退货|谨慎/,
  bulk: /big|bulk|spend|wholesale|basket|high.value|trade|大额|批发|高消费/,
  loyal: /loyal|vip|champion|regular|frequent|often|fan|member|忠诚|常客|会员/,
  taste: /kitchen|garden|christmas|candle|light|bag|craft|paper|party|toy|vintage|bak|decor|厨房|花园|圣诞|手作/,
} as const;
export type Mood = keyof typeof moods | "general";

function moodOf(request: CopyRequest): Mood {
  const names = request.segmentNames.join(" ").toLowerCase();
  const found = (Object.keys(moods) as (keyof typeof moods)[]).find((mood) => moods[mood].test(names));
  return found ?? "general";
}

const angles = {
  price: /price|saving|offer|discount|优惠|价/,
  novelty: /novel|new|新/,
  values: /values|care|personal|关怀|贴心/,
  curiosity: /curio|question|好奇/,
  urgency: /urgen|deadline|截止/,
} as const;
export type Angle = keyof typeof angles | "benefit";

const angleOf = (request: CopyRequest): Angle =>
  (Object.keys(angles) as (keyof typeof angles)[]).find((angle) => angles[angle].test(request.angle)) ?? "benefit";
