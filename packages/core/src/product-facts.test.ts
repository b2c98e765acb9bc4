import { expect, it } from "vitest";
import { factSheet, showFact } from "./fact.ts";
import { withProducts } from "./product-facts.ts";

const bag = {
  sku: "BAG-1",
  name: { text: "Camera bag", byLocale: { zh: "相机包" } },
  price: { micros: 89_000_000, currency: "GBP" },
  url: "https://shop.example.com/bag",
  features: [{ text: "waterproof", byLocale: { zh: "防水" } }, { text: "light" }],
};

it("a product is stated by numbered facts, each in the reader's language where somebody gave it", () => {
  const sheet = factSheet.parse(withProducts({ facts: [], links: [] }, [bag, { ...bag, price: null, features: [] }]));
  expect(sheet.facts.map((fact) => [fact.id, showFact(fact, "zh-CN")])).toEqual([
    ["product_1_name", "相机包"],
    ["product_1_price", "£89"],
    ["product_1_feature_1", "防水"],
    ["product_1_feature_2", "light"],
    ["product_2_name", "相机包"],
  ]);
  expect(sheet.links.map(({ id }) => id)).toEqual(["product_1", "product_2"]);
});

it("what a brief states itself is not stated anew by a product", () => {
  const own = { kind: "text" as const, id: "product_1_name", value: "The bag", source: "us" };
  const sheet = withProducts({ facts: [own], links: [{ id: "product_1", url: "https://a.example/" }] }, [bag]);
  expect(sheet.facts.filter(({ id }) => id === "product_1_name")).toEqual([own]);
  expect(sheet.links).toEqual([{ id: "product_1", url: "https://a.example/" }]);
});
