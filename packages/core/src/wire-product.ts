/** Products on the wire. */
import { z } from "zod";
import { money } from "./money.ts";
import { pageOf, publicId } from "./wire-page.ts";

export const webUrl = z.url({ protocol: /^https?$/, error: "a full http:// or https:// URL" }).max(2000);

export const newProduct = z.strictObject({
  sku: z.string().trim().min(1).max(100),
  name: z.string().trim().min(1).max(300),
  price: money.extend({ micros: z.int().min(0) }),
  category: z.string().trim().min(1).max(100).nullish(),
  url: webUrl,
  imageUrl: webUrl.nullish(),
  available: z.boolean().default(true),
});
export type NewProduct = z.infer<typeof newProduct>;
export const newProducts = z.strictObject({ products: z.array(newProduct).min(1).max(500) });
export const savedProducts = z.object({
  taken: z.int(),
  written: z.int().describe("those that were new or had changed"),
});

export const productBody = z.object({
  id: publicId,
  sku: z.string(),
  name: z.string(),
  category: z.string().nullable(),
  price: money,
  url: z.string(),
  imageUrl: z.string().nullable(),
  available: z.boolean(),
  updatedAt: z.string(),
});
export const productPage = pageOf(productBody);
