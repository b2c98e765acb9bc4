/** How the demo's shop sounds, in English and Chinese. Its name and its voice are made up. */
import { brandVoice } from "@chorus/core/brand-voice";

export const brand = "Wren & Willow";

export const shopVoice = brandVoice.parse({
  brand,
  tone: "warm, plain and brief, like a shopkeeper who knows you",
  values: [
    { id: "lasting", text: { en: "things that last", zh: "耐用的东西" } },
    { id: "fair_price", text: { en: "a fair price for everybody", zh: "对每个人都公道的价格" } },
    { id: "no_pressure", text: { en: "no pressure", zh: "不催促" } },
  ],
  culture: [
    {
      id: "own_use",
      text: { en: "We sell nothing that we have not used at home ourselves.", zh: "我们只卖自己在家用过的东西。" },
    },
    { id: "mending", text: { en: "We would rather mend a thing than replace it.", zh: "能修的，我们不换新的。" } },
  ],
  examples: [
    {
      locale: "en",
      text: "The kettle is on and the new tins are out. Come and see which one is yours.",
      note: "begins with something one can see, and asks for nothing",
    },
    { locale: "zh", text: "水烧上了，新的铁罐也摆好了。来看看哪一只是您的。", note: "先说看得见的，不催人" },
  ],
  bannedWords: [
    ...["cheap", "cheapest", "hurry", "last chance", "must-have", "unbeatable"],
    ...["便宜", "抢购", "最后机会", "手慢无", "秒杀"],
  ],
  limits: { sentenceWords: 30, sentenceCharacters: 60, emojis: 1, exclamations: 1, readingGrade: 9 },
});
