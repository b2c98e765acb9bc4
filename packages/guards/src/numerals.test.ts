import { expect, it } from "vitest";
import { readNumber } from "./numerals.ts";

it.each([
  ["1,199", 1_199],
  ["12k", 12_000],
  ["1.2万", 12_000],
  ["seventy-five", 75],
  ["a hundred and ninety", 190],
  ["two thousand four hundred", 2_400],
  ["a dozen", 12],
  ["一千一百九十九", 1_199],
  ["两千三", 2_300],
  ["两千零三", 2_003],
  ["七五", 75],
  ["两万五", 25_000],
  ["壹佰", 100],
  ["十六", 16],
])("%s is %d", (written, value) => expect(readNumber(written)).toBe(value));

it.each(["", "cup", "and half", "百搭了"])("%j is no number", (written) => {
  const value = readNumber(written);
  expect(value === null || value === 0).toBe(true);
});
