import { expect, it } from "vitest";
import { countGraphemes, smsSize, toGsmPunctuation } from "./measure.ts";

// 3GPP TS 23.038: 160 septets or 70 units in one part, 153 or 67 in each of several.
it.each([
  ["", "gsm7", 0, 1],
  ["a".repeat(160), "gsm7", 160, 1],
  ["a".repeat(161), "gsm7", 161, 2],
  ["a".repeat(306), "gsm7", 306, 2],
  ["a".repeat(307), "gsm7", 307, 3],
  ["€".repeat(80), "gsm7", 160, 1],
  [`${"a".repeat(152)}€${"a".repeat(152)}`, "gsm7", 306, 3], // the euro's two septets are not split over two parts
  ["中".repeat(70), "ucs2", 70, 1],
  ["中".repeat(71), "ucs2", 71, 2],
  ["中".repeat(134), "ucs2", 134, 2],
  [`${"a".repeat(159)}’`, "ucs2", 160, 3],
  [`${"a".repeat(69)}😀`, "ucs2", 71, 2],
  [`${"a".repeat(66)}😀${"a".repeat(66)}`, "ucs2", 134, 3], // a surrogate pair is not split either
])("an SMS of %j… has its parts counted as the networks do", (text, encoding, units, parts) => {
  expect(smsSize(text)).toEqual({ encoding, units, parts });
});

it("typographic marks become plain ones, and one part stays one part", () => {
  const text = `Don’t miss “it” – now… ${"a".repeat(130)}`;
  expect(smsSize(text).parts).toBe(3);
  expect(smsSize(toGsmPunctuation(text))).toMatchObject({ encoding: "gsm7", parts: 1 });
});

it("a family emoji counts as one grapheme", () => {
  expect(countGraphemes("👨‍👩‍👧‍👦!")).toBe(2);
});
