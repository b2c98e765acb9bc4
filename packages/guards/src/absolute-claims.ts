/**
 * Holds copy that promises the absolute. China's Advertising Law, Article 9 (3), names 国家级, 最高级 and 最佳 "and the
 * like"; the 2023 enforcement guide (SAMR No. 6 of 2023) exempts usage tips, standard grades and self-comparison, so a
 * hit is a hold with its span for a person to judge, not proof of a breach. English: the plain superlatives that
 * advertising regulators want evidence for. Checked 2026-11.
 */
import type { BrandVoice } from "@chorus/core/brand-voice";
import type { Problem } from "@chorus/core/problem";
import type { CopyText } from "./copy-text.ts";
import { fold, outsideSlots } from "./fold.ts";

/** Letters of a Chinese word may be pushed apart by spaces or marks to slip past a list. */
const spread = (word: string): string => [...word].join("[\\s\\p{P}\\p{S}]{0,2}");
const words = (...all: readonly string[]): string => all.map(spread).join("|");

const chinese: readonly RegExp[] = [
  new RegExp(words("国家级", "世界级", "宇宙级", "最高级", "最高档", "顶级", "顶尖", "极品", "极致奢华"), "gu"),
  new RegExp(`${spread("最佳")}(?!(?:饮用|食用|使用|赏味|观赏|佩戴|保存|存放)|(?:状态|时间|时机|距离|角度))`, "gu"),
  /最\s?(?:好|优|强|棒|低价?|便宜|便宜价|先进|专业|权威|受欢迎|畅销|划算|优惠|高端|安全|有效)(?:的)?/gu,
  /(?:全国|全球|全网|世界|行业|亚洲|中国|业界)\s?(?:第一|首个|首家|首款|唯一|最\p{L}|领先|独家)/gu,
  /第一(?:品牌|名|位|选择)|(?:销量|口碑|品质|质量|排名|行业)第一/gu,
  new RegExp(words("独一无二", "史无前例", "前无古人", "绝无仅有", "万能", "王牌", "冠军品质", "国家领导人"), "gu"),
  /100\s?%|百分之百|百分百|绝对(?:有效|安全|正品|低价|不)|零风险|无风险|包治|根治|永不|保证(?:有效|治愈|满意|最)/gu,
  /\b(?:guo\s?jia\s?ji|zui\s?jia|zui\s?gao\s?ji|di\s?yi\s?pin\s?pai)\b/giu,
];

const english: readonly RegExp[] = [
  /#\s?1\b|\bno\.?\s?1\b|\btop\s?1\b|\bnumber[-\s](?:one|1)\b/giu,
  /\bbest[-\s]ever\b|\b(?:the\s)?(?:world|nation|country|uk|market)(?:'s)?[-\s](?:best|finest|leading|number|favou?rite|most|first)\b|\bbest\s(?:\p{L}+\s){0,2}(?:in|on)\s(?:the\s)?(?:world|market|country|business|earth|planet|uk)\b/giu,
  /\b(?:un)?guarantee[ds]?\b|\brisk[-\s]free\b|\bno[-\s]risk\b|\bunbeatable\b|\bunrivall?ed\b|\bunmatched\b|\bmiracle\b/giu,
  /\b(?:lowest|best|cheapest)\sprices?\b|\bnever\s(?:been\s)?(?:cheaper|beaten|knowingly)\b|\bonce[-\s]in[-\s]a[-\s]lifetime\b/giu,
  /\b100\s?%|\b(?:one\s)?hundred\sper\s?cent\b|\b(?:cures?|clinically\sproven|scientifically\sproven|doctor[-\s]recommended)\b/giu,
];

const lists = [
  { patterns: chinese, why: "is an absolute claim (China Advertising Law, Art. 9)" },
  { patterns: english, why: "promises more than anyone can show" },
];

/** Names that contain such a word are exempt: the brand's own, and whatever stands in a slot. */
export function absoluteClaims(texts: readonly CopyText[], voice: Pick<BrandVoice, "brand">): Problem[] {
  return texts.flatMap(({ path, text }) => {
    const folded = fold(outsideSlots(text, { figures: new Set(), names: [voice.brand] }));
    return lists.flatMap(({ patterns, why }) => {
      const found = patterns.flatMap((pattern) => [...folded.text.matchAll(pattern)]);
      const spans = found.map((each) => text.slice(...folded.place(each.index, each.index + each[0].length)));
      const message = (got: string) => `"${got}" ${why}: say what is so instead, or leave it out.`;
      return [...new Set(spans)].map((got) => ({ path, code: "claim.absolute", message: message(got), got }));
    });
  });
}
