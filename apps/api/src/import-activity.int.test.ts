import { listRejects } from "@chorus/db/imports";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestApi, type TestApi } from "./test-api.ts";
import { codes, csv, openTestShop } from "./test-shop.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

describe("importing products and activity", () => {
  const products = csv(
    "sku,name,price,category,url,available",
    "A1,Lamp,12.50,light,https://shop.example.com/a1,yes",
    "B2,Mug,3,kitchen,https://shop.example.com/b2,no",
  );

  test("products are taken by SKU, and bad rows are left out with their reasons", async () => {
    const shop = await openTestShop(api);
    const answer = await shop.take(
      "products",
      products +
        csv(
          "C3,Vase,\u00a35.00,,https://shop.example.com/c3,",
          "D4,Bowl,5,,javascript:alert(1),",
          "A1,Lamp again,13,light,https://shop.example.com/a1,yes",
        ),
    );
    expect(answer.body).toMatchObject({ rows: 5, accepted: 3, rejected: 2 });
    expect(codes(answer)).toContain("sku.duplicate");
    const { items } = (await shop.look("/v1/products")).body;
    expect(items).toMatchObject([
      { sku: "A1", name: "Lamp again", price: { micros: 13_000_000, currency: "GBP" }, available: true },
      { sku: "B2", price: { micros: 3_000_000 }, available: false },
    ]);
    const text = await shop.rejectsOf(answer);
    expect(text).toMatch(/4,number\.invalid/);
    expect(text).toMatch(/5,value\.format/);
  });

  test("activity finds its contact and product, counts once, and unknown names are left out", async () => {
    const shop = await openTestShop(api);
    await shop.take("products", products);
    await shop.take("contacts", csv("external_id", "c1", "c2"));
    const header = "event_id,external_id,kind,at,sku,order_ref,quantity,amount";
    const file = csv(
      header,
      "e1,c1,purchase,2026-10-01T10:00:00Z,A1,o1,2,25.00",
      "e2,c1,return,2026-10-02T10:00:00+02:00,A1,o1,-1,-12.50",
      "e3,c2,view,2026-10-03T10:00:00Z,B2,,,",
      "e4,nobody,purchase,2026-10-01T10:00:00Z,A1,o2,1,12.50",
      "e5,c1,purchase,2026-10-01T10:00:00Z,Z9,o2,1,12.50",
      "e6,c1,purchase,2026-10-01T10:00:00,A1,o2,1,12.50",
      "e7,c1,stole,2026-10-01T10:00:00Z,A1,o2,1,12.50",
      "e8,c1,purchase,2099-10-01T10:00:00Z,A1,o2,1,12.50",
      "e9,c1,purchase,2026-10-01T10:00:00Z,A1,o2,some,12.50",
      "e1,c1,purchase,2026-10-01T10:00:00Z,A1,o1,2,25.00",
    );
    const answer = await shop.take("activity", file);
    expect(answer.body).toMatchObject({ rows: 10, accepted: 4, rejected: 6 });
    const id = (await api.db.sql.query("select max(id)::text as id from import")).rows[0].id;
    const rejects = await listRejects(api.db, { id, limit: 100, after: 0 });
    expect(rejects.map((row) => `${row.rowNo} ${row.code}`)).toEqual([
      "5 contact.unknown",
      "6 sku.unknown",
      "7 value.format",
      "8 value.unknown",
      "9 time.future",
      "10 type.number",
    ]);
    const preview = async (rule: object) =>
      (await api.ask("POST", "/v1/segments/preview", { key: shop.keys.owner, body: { rule } })).body.count;
    const spend = { is: "activity", kind: "purchase", measure: "spend", op: "eq", value: 25, category: "light" };
    expect(await preview(spend)).toBe(1);
    const again = await shop.take("activity", file);
    expect(again.body.notes).toContainEqual({ code: "event.known", count: 4, message: expect.any(String) });
    expect(await preview(spend)).toBe(1);
  });
});
