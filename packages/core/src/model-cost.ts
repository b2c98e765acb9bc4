/** What a model's words cost: by the prices that an installation gives, in micros of their currency. */
import { z } from "zod";

/** Of a million tokens, in units of the currency: 0.4 is also what one token costs in micros. */
export const modelPrice = z.strictObject({
  in: z.number().min(0),
  cached: z.number().min(0).optional().describe("of tokens that the server had read before; as `in` when not given"),
  out: z.number().min(0),
});
export type ModelPrice = z.infer<typeof modelPrice>;

/** By model id, as the server is asked for it. */
export const modelPrices = z.record(z.string().min(1), modelPrice);
export type ModelPrices = z.infer<typeof modelPrices>;

export type Tokens = { readonly in: number; readonly cached: number; readonly out: number };

/** Micros, rounded up: nothing that was used is free. */
export const costOf = (tokens: Tokens, price: ModelPrice): number =>
  Math.ceil(
    (tokens.in - tokens.cached) * price.in + tokens.cached * (price.cached ?? price.in) + tokens.out * price.out,
  );

/** Letters a token, measured over our own prompts: 4.0 in English, 1.9 in Chinese. Low, so that an estimate is not. */
const lettersPerToken = 3.5;
const hanPerToken = 1.5;

/** At most so many tokens of a text, before any server has counted them. */
export function tokensOf(text: string): number {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return Math.ceil(han / hanPerToken + (text.length - han) / lettersPerToken);
}
