import { email } from "@chorus/channels/email/channel";
import { sms } from "@chorus/channels/sms/channel";
import { beforeAll, expect, test } from "vitest";
import { categoryOf, otherCategory, readableName } from "./keywords.ts";
import { openShop, type Shop, shiftToYesterday } from "./shop.ts";
import { areaCodes, shares } from "./shoppers.ts";

const now = new Date("2026-11-22T08:00:00Z");
let shop: Shop;
let activity: string[][];
beforeAll(async () => {
  shop = await openShop({ now });
  activity = await rowsOf(shop.activityCsv());
});

async function rowsOf(pieces: AsyncGenerator<string>): Promise<string[][]> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
}

test("the whole shop is there: 4,372 customers, 3,684 products, 406,829 purchases", () => {
  expect([shop.shoppers.length, shop.productCount, shop.activityCount]).toEqual([4372, 3684, 406_829]);
});

test("the same customer is the same person in every run, however many are taken", async () => {
  const few = await openShop({ now: new Date("2027-01-01T00:00:00Z"), limit: 60 });
  expect(few.shoppers).toEqual(shop.shoppers.slice(0, 60));
  const customers = new Set(few.shoppers.map((shopper) => shopper.externalId));
  const [, ...rows] = await rowsOf(few.activityCsv());
  expect(rows).toHaveLength(few.activityCount);
  expect(rows.every(([, customer = ""]) => customers.has(customer))).toBe(true);
});

test("nobody can be reached: example domains, and phone numbers that are kept for fiction", () => {
  const wrong = shop.shoppers.filter(
    ({ email: mail, phone }) =>
      (mail !== null && !/^[a-z]+\.\d{5}@example\.(com|org|net)$/.test(mail)) ||
      (phone !== null && !/^\+1\d{3}55501\d\d$/.test(phone)),
  );
  expect(wrong).toEqual([]);
});

test("no two contacts share an address", () => {
  for (const field of ["email", "phone"] as const) {
    const all = shop.shoppers.flatMap((shopper) => shopper[field] ?? []);
    expect(new Set(all).size).toBe(all.length);
  }
});

test("every made-up address is valid for its channel, in every area code", () => {
  const mails = shop.shoppers.flatMap((shopper) => shopper.email ?? []);
  expect(mails.filter((mail) => email.normalizeAddress(mail).is !== "ok")).toEqual([]);
  const phones = shop.shoppers.flatMap((shopper) => shopper.phone ?? []);
  expect(phones.filter((phone) => sms.normalizeAddress(phone).is !== "ok")).toEqual([]);
  expect(areaCodes.filter((area) => sms.normalizeAddress(`+1${area}5550199`).is !== "ok")).toEqual([]);
});

test("about a tenth prefer Chinese, and the shares of what is missing are as stated", () => {
  const share = (of: (each: Shop["shoppers"][number]) => boolean) =>
    shop.shoppers.filter(of).length / shop.shoppers.length;
  expect(share((each) => each.locale === "zh-CN")).toBeCloseTo(shares.chinese, 1);
  expect(share((each) => each.phone === null)).toBeCloseTo(shares.withoutPhone, 1);
  expect(share((each) => each.consent.email !== "granted")).toBeCloseTo(shares.withoutConsent.email, 1);
  expect(share((each) => each.consent.sms !== "granted")).toBeCloseTo(shares.withoutConsent.sms, 1);
  for (const few of [
    share((each) => !each.profiling),
    share((each) => each.country === ""),
    share((each) => each.suppressed.length > 0),
  ]) {
    expect(few).toBeGreaterThan(0.005);
    expect(few).toBeLessThan(0.06);
  }
});

test("who prefers Chinese has a Chinese name, and nobody else", () => {
  const isChinese = (name: string) => /^\p{Script=Han}+$/u.test(name);
  expect(shop.shoppers.filter((each) => isChinese(each.firstName) !== (each.locale === "zh-CN"))).toEqual([]);
});

test("the last purchase was yesterday, and every one keeps its time of day", () => {
  const last = activity.slice(1).reduce((latest, [, , , at = ""]) => (at > latest ? at : latest), "");
  expect(last).toBe("2026-11-21T12:50:00.000Z");
  expect(shiftToYesterday(new Date("2011-12-09T12:50:00Z"), new Date("2011-12-10T00:00:01Z"))).toBe(0);
});

test("an event id is given once, and what came back is a return below zero", () => {
  const [header, ...rows] = activity;
  expect(header).toEqual(["event_id", "external_id", "kind", "at", "sku", "order_ref", "quantity", "amount"]);
  expect(new Set(rows.map(([id]) => id)).size).toBe(rows.length);
  expect(rows.every(([, , kind, , , , quantity]) => (kind === "return") === Number(quantity) < 0)).toBe(true);
  expect(rows.filter(([, , kind]) => kind === "return")).toHaveLength(8905);
});

test("most products have a category that their name tells, and charges are not for sale", async () => {
  let text = "";
  for await (const piece of shop.productsCsv()) text += piece;
  const lines = text.trimEnd().split("\n").slice(1);
  expect(lines).toHaveLength(3684);
  expect(lines.filter((line) => line.includes(`,${otherCategory},`)).length).toBeLessThan(lines.length * 0.15);
  expect(lines.find((line) => line.startsWith("POST,"))).toMatch(/,Charges,.*,no$/);
});

test.each([
  ["WHITE HANGING HEART T-LIGHT HOLDER", "White hanging heart T-light holder", "Candles & lights"],
  ["SET/6 RED SPOTTY PAPER CUPS", "Set of 6 red spotty paper cups", "Kitchen & dining"],
  ["JUMBO BAG RED RETROSPOT", "Jumbo bag red retrospot", "Bags & purses"],
  ["PAPER CHAIN KIT 50'S CHRISTMAS ", "Paper chain kit 50's Christmas", "Christmas"],
  ['LETTER "A" BLING KEY RING', 'Letter "A" bling key ring', "Jewellery"],
  ["ELEPHANT, BIRTHDAY CARD, ", "Elephant, birthday card", "Party"],
  ["CARD I LOVE LONDON", "Card I love London", "Cards & wrapping"],
])("%s reads as %s and belongs to %s", (raw, name, category) => {
  expect([readableName(raw), categoryOf(raw)]).toEqual([name, category]);
});
