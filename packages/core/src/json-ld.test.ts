import { expect, it } from "vitest";
import { productJsonLd } from "./json-ld.ts";

const bag = {
  ...{ sku: "BAG-1", name: { text: "Camera bag" }, url: "https://shop.example.com/bag", features: [] },
  price: { micros: 89_500_000, currency: "GBP" },
  ...{ imageUrl: "https://shop.example.com/bag.jpg", available: false },
};

it("a product's page says name, price, currency and whether it is there, as schema.org names them", () => {
  expect(JSON.parse(productJsonLd(bag, { name: "Camera bag", description: "Keeps it dry." }))).toEqual({
    ...{ "@context": "https://schema.org", "@type": "Product", name: "Camera bag", description: "Keeps it dry." },
    ...{ sku: "BAG-1", url: bag.url, image: [bag.imageUrl] },
    offers: {
      ...{ "@type": "Offer", url: bag.url, price: "89.50", priceCurrency: "GBP" },
      availability: "https://schema.org/OutOfStock",
    },
  });
});

it("no word of it can end the script element that it stands in", () => {
  const said = productJsonLd(bag, { name: "</script><script>alert()", description: "" });
  expect(said).not.toContain("<");
  expect(JSON.parse(said).name).toBe("</script><script>alert()");
});
