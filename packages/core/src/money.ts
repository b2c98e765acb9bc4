/** Money is whole micros of a currency: 1,000,000 micros are 1.00. No floating point ever meets it. */
import { z } from "zod";

export const money = z.strictObject({
  micros: z.int().describe("millionths of one unit of the currency"),
  currency: z.string().regex(/^[A-Z]{3}$/, "an ISO 4217 code such as GBP"),
});
export type Money = z.infer<typeof money>;

export function formatMoney(amount: Money, locale: string): string {
  const value = amount.micros / 1_000_000;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: amount.currency,
    minimumFractionDigits: Number.isInteger(value) ? 0 : 2,
  }).format(value);
}

/** Reads an amount written with a point, such as "-12.50", into exact micros; null for anything else. */
export function readDecimal(text: string): bigint | null {
  const parts = /^(-?)(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (!parts) return null;
  const [, sign, whole = "0", fraction = ""] = parts;
  const micros = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
  return sign === "-" ? -micros : micros;
}
