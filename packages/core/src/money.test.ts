import { describe, expect, test } from "vitest";
import { formatMoney, readDecimal } from "./money.ts";

describe("money", () => {
  test.each([
    ["12.50", 12_500_000n],
    ["-0.000001", -1n],
    ["0", 0n],
    [" 7 ", 7_000_000n],
    ["999999999999.999999", 999_999_999_999_999_999n],
  ])("%j is read exactly", (text, micros) => {
    expect(readDecimal(text)).toBe(micros);
  });

  test.each(["", "1,50", "£5", "1e3", "1.", ".5", "+1", "1.0000001", "1000000000000", "１２"])(
    "%j is no amount",
    (text) => {
      expect(readDecimal(text)).toBeNull();
    },
  );

  test("is shown in the reader's own way, with pence only where there are any", () => {
    expect(formatMoney({ micros: 12_500_000, currency: "GBP" }, "en-GB")).toBe("£12.50");
    expect(formatMoney({ micros: 12_000_000, currency: "GBP" }, "en-GB")).toBe("£12");
  });
});
