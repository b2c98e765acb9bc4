/** The worked example of the field for this room's tests: a camera bag, and a kettle beside it. */
import { type BrandVoice, brandVoice } from "@chorus/core/brand-voice";
import type { ConsumerProfile, CopyKindName } from "@chorus/core/copy";
import { type LocalText, type ProductToState, withProducts } from "@chorus/core/product-facts";
import { kindOf } from "./kinds/all.ts";
import { email, sms } from "./test-channels.ts";
import type { WritingTask } from "./writer.ts";

const inBoth = (text: string, zh: string): LocalText => ({ text, byLocale: { zh } });

export const bag: ProductToState = {
  sku: "BAG-1",
  name: inBoth("Weekend camera bag", "周末相机包"),
  price: { micros: 89_000_000, currency: "GBP" },
  url: "https://shop.example.com/bag",
  features: [inBoth("waterproof", "防水"), inBoth("shockproof", "防震"), inBoth("light", "轻便")],
};
export const kettle: ProductToState = {
  sku: "KET-1",
  name: inBoth("Whistling kettle", "鸣笛水壶"),
  price: { micros: 34_000_000, currency: "GBP" },
  url: "https://shop.example.com/kettle",
  features: [inBoth("stainless steel", "不锈钢"), inBoth("whistles when it boils", "水开鸣笛")],
};

export const designer: ConsumerProfile = {
  ...{ age: 25, gender: "female", occupation: "designer" },
  interests: ["fashion", "travel", "photography"],
};

const voice: BrandVoice = brandVoice.parse({
  ...{ brand: "Hearth & Home", tone: "warm and plain" },
  values: [
    { id: "lasting", text: { en: "Made to last", zh: "经久耐用" } },
    { id: "repair", text: { en: "Repair comes first", zh: "先修再换" } },
  ],
});

export function copyTask(
  name: CopyKindName,
  given: Partial<WritingTask> & { products?: ProductToState[] } = {},
): WritingTask {
  const { products = [bag], ...rest } = given;
  const kind = kindOf(name);
  const day = {
    id: "course_day",
    kind: "date" as const,
    value: "2027-02-03",
    source: "the plan",
    label: { en: "Date", zh: "日期" },
  };
  return {
    segment: { name: "Readers", description: "", generic: false },
    ...{ locale: "en-GB", angle: "benefit", tone: "warm" },
    channels: kind.form ? [kind.form] : [email, sms],
    brief: {
      ...{ goal: "Show the product to whoever it suits", offer: "", mustSay: [], mustNotSay: [], sector: "general" },
      ...{ factSheet: { facts: [], links: [] }, mainLink: "product_1" },
    },
    facts: withProducts({ facts: name === "invitation" ? [day] : [], links: [] }, products),
    voice,
    prompt: kind.prompt,
    reader: designer,
    ...rest,
  };
}
