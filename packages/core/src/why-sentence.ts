/** Why somebody got a message, in one sentence for themselves. Of a template, never of a model, and without a value of theirs. */
import { languageOf } from "./fact.ts";
import type { ActivityKind, Leaf } from "./segment.ts";

/** What a version was chosen by; "other" is any field that the sender keeps about them. */
export type LookedAt = ActivityKind | "country" | "locale" | "time_zone" | "first_name" | "external_id" | "other";

const ownFields: readonly string[] = [
  "country",
  "locale",
  "time_zone",
  "first_name",
  "external_id",
] satisfies LookedAt[];

export const lookedAtBy = (leaf: Leaf): LookedAt =>
  leaf.is === "activity" ? leaf.kind : ownFields.includes(leaf.field) ? (leaf.field as LookedAt) : "other";

export type Reasons = {
  readonly brand: string;
  readonly locale: string;
  /** They agreed to it, and when if that is known · it belongs to their account or an order · neither was asked for. */
  readonly basis:
    | { readonly is: "agreed"; readonly at: Date | null }
    | { readonly is: "account" }
    | { readonly is: "listed" };
  /** `declined`: everyone's version, because they do not want to be profiled. Null: it was written for them alone. */
  readonly version:
    | { readonly is: "by"; readonly lookedAt: readonly LookedAt[] }
    | { readonly is: "everyone" | "declined" }
    | null;
  /** Of the words. Null: no model had a hand in them. */
  readonly writtenBy: "model" | null;
};

type Words = {
  readonly title: string;
  readonly agreed: (brand: string, on: string | null) => string;
  readonly account: (brand: string) => string;
  readonly listed: (brand: string) => string;
  readonly by: (list: string) => string;
  readonly everyone: string;
  readonly declined: string;
  readonly model: string;
  /** Between the parts of the sentence, and at its end. */
  readonly joint: string;
  readonly stop: string;
  readonly things: Readonly<Record<LookedAt, string>>;
};

const english: Words = {
  title: "Why you got this",
  agreed: (brand, on) => `${brand} sent you this because you agreed to its news${on ? ` on ${on}` : ""}`,
  account: (brand) => `${brand} sent you this because of your account or an order`,
  listed: (brand) => `${brand} sent you this because your address is on its list`,
  by: (list) => `which version you got was decided by ${list}`,
  everyone: "you got the version that is for everyone",
  declined: "you got the version that is for everyone, because you do not want to be profiled",
  model: "the words were written with AI and approved by a person",
  ...{ joint: "; ", stop: "." },
  things: {
    purchase: "what you bought",
    return: "what you sent back",
    view: "what you looked at",
    click: "what you clicked on",
    reply: "what you answered",
    country: "your country",
    locale: "your language",
    time_zone: "your time zone",
    first_name: "your first name",
    external_id: "your customer number",
    other: "what is noted in your customer record",
  },
};

const byLanguage: Readonly<Record<string, Words>> = {
  en: english,
  zh: {
    title: "为什么收到此消息",
    agreed: (brand, on) => `您${on ? `于${on}` : ""}同意接收${brand}的资讯，因此收到此消息`,
    account: (brand) => `因您在${brand}的账户或订单，您收到此消息`,
    listed: (brand) => `您的地址在${brand}的名单中，因此收到此消息`,
    by: (list) => `您收到哪个版本取决于${list}`,
    everyone: "您收到的是面向所有人的版本",
    declined: "由于您不希望被画像，您收到的是面向所有人的版本",
    model: "文字由人工智能撰写，并经人工审核",
    ...{ joint: "；", stop: "。" },
    things: {
      purchase: "您的购买记录",
      return: "您的退货记录",
      view: "您的浏览记录",
      click: "您的点击记录",
      reply: "您的回复",
      country: "您所在的国家或地区",
      locale: "您的语言",
      time_zone: "您的时区",
      first_name: "您的名字",
      external_id: "您的客户编号",
      other: "客户档案中的信息",
    },
  },
  de: {
    title: "Warum Sie dies bekamen",
    agreed: (brand, on) =>
      `${brand} hat Ihnen dies gesendet, weil Sie${on ? ` am ${on}` : ""} Neuigkeiten zugestimmt haben`,
    account: (brand) => `${brand} hat Ihnen dies wegen Ihres Kontos oder einer Bestellung gesendet`,
    listed: (brand) => `${brand} hat Ihnen dies gesendet, weil Ihre Adresse in der Liste steht`,
    by: (list) => `welche Fassung Sie bekamen, hing davon ab: ${list}`,
    everyone: "Sie bekamen die Fassung für alle",
    declined: "Sie bekamen die Fassung für alle, weil Sie kein Profiling möchten",
    model: "der Text wurde mit KI geschrieben und von einem Menschen freigegeben",
    ...{ joint: "; ", stop: "." },
    things: {
      purchase: "was Sie gekauft haben",
      return: "was Sie zurückgeschickt haben",
      view: "was Sie angesehen haben",
      click: "was Sie angeklickt haben",
      reply: "was Sie geantwortet haben",
      country: "Ihr Land",
      locale: "Ihre Sprache",
      time_zone: "Ihre Zeitzone",
      first_name: "Ihr Vorname",
      external_id: "Ihre Kundennummer",
      other: "was in Ihren Kundendaten steht",
    },
  },
  fr: {
    title: "Pourquoi ce message",
    agreed: (brand, on) =>
      `${brand} vous a envoyé ce message car vous avez accepté ses nouvelles${on ? ` le ${on}` : ""}`,
    account: (brand) => `${brand} vous a envoyé ce message à propos de votre compte ou d'une commande`,
    listed: (brand) => `${brand} vous a envoyé ce message car votre adresse figure dans sa liste`,
    by: (list) => `la version reçue dépend de ceci : ${list}`,
    everyone: "vous avez reçu la version destinée à tous",
    declined: "vous avez reçu la version destinée à tous, car vous refusez le profilage",
    model: "le texte a été écrit avec une IA et approuvé par une personne",
    ...{ joint: " ; ", stop: "." },
    things: {
      purchase: "vos achats",
      return: "vos retours",
      view: "ce que vous avez consulté",
      click: "vos clics",
      reply: "vos réponses",
      country: "votre pays",
      locale: "votre langue",
      time_zone: "votre fuseau horaire",
      first_name: "votre prénom",
      external_id: "votre numéro de client",
      other: "ce que contient votre fiche client",
    },
  },
};

export type Explained = {
  /** The language it is in. */
  readonly language: string;
  readonly title: string;
  readonly sentence: string;
};

/** Languages without words of their own get the English ones, with dates as English writes them. */
export function explain(of: Reasons): Explained {
  const wanted = languageOf(of.locale);
  const language = wanted in byLanguage ? wanted : "en";
  const words = byLanguage[language] ?? english;
  const locale = language === wanted ? of.locale : language;
  const parts = [basisWords(of, words, locale), versionWords(of, words, locale), of.writtenBy && words.model];
  const sentence = `${parts.filter((each) => each !== null).join(words.joint)}${words.stop}`;
  return { language, title: words.title, sentence };
}

/** The question that it answers, as the label of a link. */
export const explanationTitle = (language: string): string => (byLanguage[language] ?? english).title;

function basisWords({ basis, brand }: Reasons, words: Words, locale: string): string {
  if (basis.is !== "agreed") return words[basis.is](brand);
  const on = basis.at && new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(basis.at);
  return words.agreed(brand, on);
}

function versionWords({ version }: Reasons, words: Words, locale: string): string | null {
  if (version === null) return null;
  if (version.is !== "by") return words[version.is];
  const things = [...new Set(version.lookedAt)].map((each) => words.things[each]);
  return things.length === 0 ? words.everyone : words.by(new Intl.ListFormat(locale).format(things));
}
