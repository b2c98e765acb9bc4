/**
 * From which side copy speaks of what it offers, and in which tone. A campaign has one or several of them; everyone in
 * the audience gets one, by chance and at fixed shares, so that what they did can be compared.
 */
import { z } from "zod";
import { type Fact, factSpeaksOf } from "./fact.ts";
import type { Problem } from "./problem.ts";

export const angleNames = ["benefit", "price", "social_proof", "novelty", "values", "curiosity", "urgency"] as const;
export type AngleName = (typeof angleNames)[number];
export const toneNames = ["warm", "plain", "playful", "formal"] as const;
export type ToneName = (typeof toneNames)[number];

export const angle = z.strictObject({
  angle: z.enum(angleNames),
  tone: z.enum(toneNames).default("warm"),
  share: z.int().min(1).max(100).default(1).describe("how much of the audience, beside the shares of the others"),
});
export type Angle = z.infer<typeof angle>;

export const usualAngles: Angle[] = [{ angle: "benefit", tone: "warm", share: 1 }];

const once = (list: readonly Angle[]): boolean =>
  new Set(list.map((each) => `${each.angle} ${each.tone}`)).size === list.length;
export const angles = z.array(angle).min(1).max(6).refine(once, "each angle and tone may stand here once");

const proofWords = new Set(
  "review reviews rating ratings rated stars customers readers sold award awards 评价 好评 评分 销量 顾客 获奖".split(
    " ",
  ),
);
const newWords = new Set(
  "new newest launch launched arrival arrived introduced since 新品 上市 上新 新款 首发".split(" "),
);

/** What each angle says must be true, so something must be there that says it: an id or label in these words, or a kind. */
const grounds: Readonly<Record<AngleName, { readonly is: (fact: Fact) => boolean; readonly wanted: string } | null>> = {
  benefit: null,
  curiosity: null,
  values: null, // the brand's own values, which are no facts of a brief
  price: {
    is: ({ kind }) => kind === "money" || kind === "percent",
    wanted: "a fact of kind money or percent",
  },
  social_proof: {
    is: (fact) => factSpeaksOf(fact, proofWords),
    wanted: 'a fact whose id or label speaks of reviews, ratings, customers or awards, such as "rating"',
  },
  novelty: {
    is: (fact) => factSpeaksOf(fact, newWords),
    wanted: 'a fact whose id or label says since when, such as "launched" of kind date',
  },
  urgency: { is: ({ kind }) => kind === "date", wanted: "a fact of kind date: until when it is true" },
};

/** Of an angle, the fact it stands on; null where it needs none or none is there. */
export const groundOf = (name: AngleName, facts: readonly Fact[]): Fact | null => {
  const ground = grounds[name];
  return (ground && facts.find(ground.is)) ?? null;
};

/** Copy that insists on what nobody has stated would be invented: each angle that has nothing to stand on. */
export function groundlessAngles(
  list: readonly Angle[],
  on: { facts: readonly Fact[]; values: readonly unknown[] },
): Problem[] {
  return list.flatMap((each, place): Problem[] => {
    const wanted =
      each.angle === "values"
        ? on.values.length === 0 && "a value of the brand's voice"
        : grounds[each.angle] && !groundOf(each.angle, on.facts) && grounds[each.angle]?.wanted;
    if (!wanted) return [];
    const message = `Copy with the angle "${each.angle}" needs ${wanted}. Add it, or take another angle.`;
    return [{ path: `angles[${place}].angle`, code: "angle.groundless", message, got: each.angle }];
  });
}
