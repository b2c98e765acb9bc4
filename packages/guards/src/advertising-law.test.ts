import type { Sector } from "@chorus/core/sector";
import { describe, expect, it } from "vitest";
import { advertisingLaw } from "./advertising-law.ts";

const found = (text: string, { sector = "general" as Sector, brand = "Hearth" } = {}) =>
  advertisingLaw([{ path: "t", text }], { sector, voice: { brand } });
const outcomeOf = (text: string, sector: Sector = "general") => {
  const problems = found(text, { sector });
  if (problems.some(({ severity }) => severity === undefined)) return "block";
  return problems.length > 0 ? "needs_evidence" : "allow";
};
const spans = (text: string) => found(text).map(({ got }) => got);

describe("what no product may be called", () => {
  it.each([
    ["国家级品质", "国家级"],
    ["國家級品質", "國家級"],
    ["最高级的享受", "最高级"],
    ["送礼最佳选择", "最佳"],
    ["顶级羊绒", "顶级"],
    ["独一无二的杯子", "独一无二"],
    ["全网第一", "全网第一"],
    ["销量第一", "销量第一"],
  ])("%s is held for %s", (text, span) => {
    expect(outcomeOf(text)).toBe("block");
    expect(spans(text)).toContain(span);
  });

  it.each(["送礼最·佳选择", "国 家 级水准", "zui佳口感", "蕞好的选择", "最\u200b佳选择", "最!佳口感", "顶ji羊绒"])(
    "a disguise hides nothing: %s",
    (text) => expect(outcomeOf(text)).toBe("block"),
  );

  it.each([
    ["最佳饮用温度是六十度", "how to use it"],
    ["努力把每一杯做到最好", "what is striven for"],
    ["不敢说最好喝", "denied"],
    ["特级初榨橄榄油", "a grade of the standard"],
    ["本店最新款", "compared with our own"],
    ["顾客第一", "a conviction"],
    ["第一次见到它", "a first time"],
    ["最近上新", "no superlative"],
    ["最高可加热到八十度", "a bound"],
  ])("%s may be said: %s", (text) => expect(outcomeOf(text)).toBe("allow"));

  it("exempts a name that contains the word", () => {
    expect(found("最佳拍档等您来", { brand: "最佳拍档" })).toEqual([]);
  });
});

describe("what may be said by whoever can show it", () => {
  it.each(["2024年全国茶具销量第一", "原价199元", "获得红点奖", "仅剩3件", "Was $80, now $45", "Boosts your immunity"])(
    "%s needs evidence, and the finding says which",
    (text) => {
      const [problem] = found(text);
      expect(problem?.severity).toBe("needs_evidence");
      expect(problem?.message).toMatch(/record|bind it to a fact|say how it/);
    },
  );

  it("is blocked where the text itself shows that it cannot be so", () => {
    expect(outcomeOf("Was $80, now $45")).toBe("needs_evidence");
    expect(outcomeOf("Was $80, now $45. Brand new: it has never been sold before.")).toBe("block");
    expect(outcomeOf('"The best cup I own," says Ann. Our first cups ship this spring.')).toBe("block");
  });
});

describe("trades with rules of their own", () => {
  it.each([
    ["medical", "三次见效，永不复发"],
    ["drug", "治愈率达到九成"],
    ["health_food", "吃了它就不用吃药"],
    ["pesticide", "对人畜绝对安全"],
    ["alcohol", "一杯下肚，烦恼全消"],
    ["education", "不过全额退款，保过"],
    ["finance", "保本保息，稳赚不赔"],
    ["real_estate", "十分钟直达市中心"],
  ] as const)("%s may not say %s", (sector, text) => expect(outcomeOf(text, sector)).toBe("block"));

  it("nothing but medicine speaks of illness", () => {
    expect(outcomeOf("这杯茶可以降血压")).toBe("block");
    expect(outcomeOf("Our tea cures insomnia")).toBe("block");
    expect(outcomeOf("治愈系的奶油色台灯")).toBe("allow");
    expect(outcomeOf("Dry-cured ham from the hills")).toBe("allow");
  });
});

it("a finding names the article and what would satisfy it", () => {
  const [problem] = found("国家级品质");
  expect(problem).toMatchObject({ path: "t", code: "law.cn.national_grade", got: "国家级" });
  expect(problem?.message).toContain("Art. 9 (3)");
  expect(problem?.message).toMatch(/or leave it out\.$/);
});
