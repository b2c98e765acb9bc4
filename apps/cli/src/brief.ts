/** What the demo's author asks for: a week of savings, with every figure in the fact sheet and none in the words. */
import type { Brief } from "@chorus/core/brief";
import { shopCurrency, shopUrl } from "./shop.ts";

const dayMs = 86_400_000;
const offerDays = 9;

/** The offer ends some days from now, so that the demo never speaks of a date that is past. */
export function demoBrief(now: Date): Brief {
  const endsOn = new Date(now.getTime() + offerDays * dayMs).toISOString().slice(0, 10);
  const validUntil = `${endsOn}T23:59:59Z`;
  const source = "offer sheet of the shop";
  return {
    goal: "Thank our customers with a week of savings on the kind of things they like to buy from us.",
    offer: "A discount on everything with a code, until a fixed day, and free delivery above a basket value.",
    mustSay: [],
    mustNotSay: ["while stocks last"],
    sector: "general",
    mainLink: "shop",
    picks: true,
    factSheet: {
      facts: [
        { id: "discount", kind: "percent", value: 15, label: { en: "discount", zh: "优惠" }, source, validUntil },
        {
          id: "code",
          kind: "text",
          value: "WILLOW15",
          label: { en: "discount code", zh: "优惠码" },
          source,
          validUntil,
        },
        { id: "ends_on", kind: "date", value: endsOn, label: { en: "last day of the offer", zh: "截止日期" }, source },
        {
          id: "delivery_from",
          kind: "money",
          value: { micros: 30_000_000, currency: shopCurrency },
          label: { en: "basket value from which delivery is free", zh: "免运费金额" },
          source: "delivery page of the shop",
        },
        {
          id: "returns",
          kind: "text",
          value: "Free returns within 30 days",
          byLocale: { zh: "30天内免费退货" },
          label: { en: "returns policy", zh: "退货政策" },
          source: "returns page of the shop",
        },
      ],
      links: [
        { id: "shop", url: `${shopUrl}/`, label: { en: "the shop", zh: "商店" } },
        { id: "returns_page", url: `${shopUrl}/returns`, label: { en: "how returns work", zh: "退货说明" } },
      ],
    },
  };
}
