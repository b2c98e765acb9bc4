/** The Chinese phrase book: no figures, no addresses, no absolute terms. */
import type { Cast, Mood } from "./copy-cast.ts";
import { closed, type PhraseBook, say } from "./copy-words.ts";

const headlines: Record<Mood, string> = {
  new: "很高兴认识您",
  away: "好久不见",
  careful: "慢慢看，细节都在这里",
  bulk: "为多人采购，也可以很省心",
  loyal: "谢谢您常来",
  taste: "合您心意的好物",
  general: "为您挑了些好物",
};

const openings: Record<Mood, string> = {
  new: "谢谢您来到我们的小店。不知道从哪里看起的话，可以先看看这些。",
  away: "您上次来过之后，货架上添了不少东西。我们替您理了份简短的清单。",
  careful: "看清楚再决定，心里才踏实。我们把您关心的细节都放在这里了。",
  bulk: "为家人聚会或小店备货，集中挑选会方便许多。这份清单尽量做得实用。",
  loyal: "您对我们的店已经很熟悉，就不多寒暄了：看到这些，我们先想到了您。",
  taste: "按照您平时的喜好，这些应该会和您家里的东西很搭。",
  general: "我们把货架细细看过，留下了自己也愿意送给朋友的东西。",
};

const mustSay = (cast: Cast) => cast.mustSay.map((phrase) => closed(phrase, "。")).join("");
const saving = (cast: Cast) => cast.offer && `立减 ${cast.offer}`;

function subjects(cast: Cast): string[] {
  const first = cast.products[0];
  const general = [headlines[cast.mood], "为您挑选的好物"];
  if (!first) return [say("，", headlines[cast.mood], saving(cast)), ...general];
  const byAngle = {
    price: say("，", first.name, first.price && `现价 ${first.price}`),
    novelty: `货架上的新面孔：${first.name}`,
    values: `特意为您留意：${first.name}`,
    curiosity: `您看过 ${first.name} 吗？`,
    urgency: cast.deadline ? `截至 ${cast.deadline}：${first.name}` : `${headlines[cast.mood]}：${first.name}`,
    benefit: `${headlines[cast.mood]}：${first.name}`,
  };
  return [byAngle[cast.angle], `看看 ${first.name}`, ...general];
}

function offerSentence(cast: Cast): string | null {
  if (cast.day) return `时间是 ${cast.day}。`;
  if (!cast.offer) return cast.deadline && `这份清单保留到 ${cast.deadline}。`;
  const parts = say(
    "，",
    cast.code && `使用优惠码 ${cast.code}`,
    saving(cast),
    cast.deadline && `截至 ${cast.deadline}`,
  );
  return `现在${cast.code ? "下单时" : ""}${parts}。`;
}

const productLines = ({ name, price, features }: Cast["products"][number]): string[] => [
  name,
  ...features.map((feature) => `${name}：${feature}`),
  ...(price ? [`${name}，${price}`] : []),
];

function productSentences(cast: Cast): string | null {
  const [first, second, third] = cast.products;
  if (!first) return null;
  const others = [second, third].flatMap((each) =>
    each ? [say("（", each.name, each.price && `${each.price}）`)] : [],
  );
  return say(
    "",
    first.price ? `${first.name}，现价 ${first.price}。` : `我们会先推荐 ${first.name}。`,
    first.features.length > 0 && `特点：${first.features.join("、")}。`,
    others.length > 0 && `想搭配着买，可以看看 ${others.join("或")}。`,
  );
}

export const chinese: PhraseBook = {
  subject: subjects,
  preheader: (cast) => {
    const second = cast.products[1] ?? cast.products[0];
    return [
      say("，", second && `还有 ${second.name}`, saving(cast)),
      say("，", saving(cast), cast.deadline && `截至 ${cast.deadline}`),
      "用心挑选的简短清单",
    ].filter((each) => each !== "");
  },
  headline: (cast) => [headlines[cast.mood]],
  greeting: (cast) => (cast.firstName ? `${cast.firstName("朋友")}，您好：` : "您好："),
  paragraphs: (cast) =>
    [
      openings[cast.mood],
      say("", productSentences(cast), offerSentence(cast)),
      say("", mustSay(cast), ...cast.notes.slice(0, 2).map((note) => note.replace(/\.$/, "。"))),
    ].filter((each) => each !== ""),
  picks: (slot) => `本店还有：${slot}`,
  text: (cast, withLink) => {
    const first = cast.products[0];
    const link = withLink ? cast.link : null;
    const what = first ? say("，", first.name, first.price && `现价 ${first.price}`) : "为您挑了些好物";
    const look = link && `详情 ${link}`;
    const must = cast.mustSay.length > 0 && cast.mustSay.join("，");
    return [
      say("，", what, saving(cast), must, look),
      say("，", what, must, look),
      say("，", first?.name ?? what, must, link),
    ];
  },
  textRoom: 50,
  chat: (cast) => [
    say("", openings[cast.mood], productSentences(cast), offerSentence(cast), mustSay(cast)),
    say("", productSentences(cast) ?? openings[cast.mood], offerSentence(cast), mustSay(cast)),
  ],
  lines: (cast) => [
    ...new Set([...cast.products.flatMap(productLines), ...subjects(cast), saving(cast) ?? "看看新品"]),
  ],
  button: () => ["去看看", "看看"],
  closing: (cast) => say("\n", "祝好，", cast.brand ?? "小店全体"),
  remark: "替身文案：由短语库写成，没有模型参与。",
};
