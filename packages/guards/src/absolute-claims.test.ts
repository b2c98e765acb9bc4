import { describe, expect, it } from "vitest";
import { absoluteClaims } from "./absolute-claims.ts";

const found = (text: string, brand = "Hearth") =>
  absoluteClaims([{ path: "t", text }], { brand }).map(({ got }) => got);

describe("absolute claims", () => {
  it.each([
    ["国家级品质", "国家级"],
    ["國家級品質", "國家級"],
    ["最高级的享受", "最高级"],
    ["送礼最佳选择", "最佳"],
    ["送礼最·佳选择", "最·佳"],
    ["全网第一", "全网第一"],
    ["销量第一", "销量第一"],
    ["顶级羊绒", "顶级"],
    ["独一无二的杯子", "独一无二"],
    ["zuijia之选", "zuijia"],
    ["百分百满意", "百分百"],
    ["Our #1 mug", "#1"],
    ["NO.1 in mugs", "NO.1"],
    ["The best ever tea", "best ever"],
    ["Satisfaction guaranteed", "guaranteed"],
    ["Try it risk-free", "risk-free"],
    ["The world’s best tea", "The world’s best"],
    ["Lowest prices", "Lowest prices"],
  ])("holds %s with its span", (text, span) => expect(found(text)).toContain(span));

  it.each([
    "最佳饮用温度",
    "第一次见到它",
    "第一时间告诉您",
    "最近上新",
    "最后看一眼",
    "The best part of the morning",
    "Sunday best",
    "One of our favourites",
    "{{fact:product_1_name}}",
  ])("leaves %s alone", (text) => expect(found(text)).toEqual([]));

  it("exempts a name that contains the word", () => {
    expect(found("最佳拍档等您来", "最佳拍档")).toEqual([]);
  });
});
