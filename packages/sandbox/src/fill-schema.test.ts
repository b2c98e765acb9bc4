import { splitSlots } from "@chorus/core/slot";
import { expect, test } from "vitest";
import { type CopyRequest, type CopySlot, readCopyRequest } from "./copy-request.ts";
import { fillSchema, type Schema } from "./fill-schema.ts";

const shop = [
  ["fact:brand", "text", "Robin & Wren"],
  ["fact:discount", "percent", "15%"],
  ["fact:until", "date", "30 November 2026"],
  ["fact:delivery", "text", "Delivery takes two working days"],
  ["link:shop", "link", "https://shop.example.com"],
  ["contact:first_name", "text", "Amelia"],
];
const products = (stem: string) => [
  [`fact:${stem}_1_name`, "text", "WHITE HANGING HEART T-LIGHT HOLDER"],
  [`fact:${stem}_1_price`, "money", "£2.95"],
  [`fact:${stem}_2_name`, "text", "REGENCY CAKESTAND 3 TIER"],
  [`fact:${stem}_2_price`, "money", "£12.75"],
];
const toSlots = (rows: string[][]): CopySlot[] =>
  rows.map(([id = "", kind = "", example = ""]) => ({ id, kind, example, label: "" }));

function requestFor(of: { name?: string; locale?: string; angle?: string; slots?: CopySlot[] }): CopyRequest {
  const { name = "Loyal customers", locale = "en-GB", angle = "benefit" } = of;
  const asked = {
    segment: { name },
    locale,
    angle,
    channels: ["email", "sms", "slack"],
    slots: of.slots ?? toSlots([...shop, ...products("loyal")]),
  };
  const request = readCopyRequest([{ role: "user", content: JSON.stringify(asked) }]);
  if (!request) throw new Error("the request was not understood");
  return request;
}

const text = { type: "string" };
const object = (properties: Record<string, unknown>) => ({ type: "object", properties });
const schema = object({
  email: object({
    subject: text,
    preheader: text,
    headline: text,
    paragraphs: { type: "array", items: text },
    button: object({ label: text, link: text }),
  }),
  sms: object({ text }),
  slack: { anyOf: [{ type: "null" }, { $ref: "#/$defs/slack" }] },
  factIds: { type: "array", items: text },
  $defs: {},
}) as Schema;
const whole = {
  ...schema,
  $defs: { slack: object({ headline: text, text, button: object({ label: text, url: text }) }) },
};

type Copy = {
  email: {
    subject: string;
    preheader: string;
    headline: string;
    paragraphs: string[];
    button: { label: string; link: string };
  };
  sms: { text: string };
  slack: { headline: string; text: string; button: { label: string; url: string } };
  factIds: string[];
};
const write = (request: CopyRequest): Copy => fillSchema(whole, request) as Copy;

const textsIn = (value: unknown): string[] =>
  typeof value === "string" ? [value] : value && typeof value === "object" ? Object.values(value).flatMap(textsIn) : [];
const moods = [
  "New customers",
  "Loyal customers",
  "Slipping away",
  "Big baskets",
  "Often return",
  "Kitchen lovers",
  "Everyone else",
  "新客",
  "沉睡客户",
];
const everyCopy = moods.flatMap((name) =>
  ["en", "zh-Hans"].flatMap((locale) =>
    ["benefit", "price", "novelty", "care", "curiosity", "urgency"].map((angle) => ({
      locale,
      copy: write(requestFor({ name, locale, angle })),
    })),
  ),
);

test("no figure, price, address or unknown slot is ever written", () => {
  const known = new Set(requestFor({}).slots.map((slot) => slot.id));
  for (const { copy } of everyCopy) {
    const { factIds: _, ...words } = copy;
    for (const written of textsIn(words)) {
      const { parts, problems } = splitSlots(written);
      expect(problems).toEqual([]);
      for (const part of parts) {
        if (part.is === "text") expect(part.text).not.toMatch(/[0-9£$€¥%]|https?:|www\./);
        else if (part.is === "contact") expect(part.fallback).not.toBe("");
        else expect(known).toContain(part.is === "picks" ? part.is : `${part.is}:${part.id}`);
      }
    }
  }
});

test("every field has words, in the language that was asked for", () => {
  for (const { locale, copy } of everyCopy) {
    const { link: _, ...button } = copy.email.button;
    for (const written of textsIn({ ...copy.email, button })) {
      const words = splitSlots(written)
        .parts.map((part) => (part.is === "text" ? part.text : ""))
        .join("");
      if (/\p{L}/u.test(words)) expect(/\p{Script=Han}/u.test(words)).toBe(locale !== "en");
      expect(written.trim()).not.toBe("");
    }
  }
});

test("a text message stays within 120 characters in English and 45 in Chinese, its slots left out", () => {
  for (const { locale, copy } of everyCopy) {
    const words = copy.sms.text.replace(/\{\{[^}]*\}\}/g, "");
    expect(words.length).toBeLessThanOrEqual(locale === "en" ? 120 : 45);
    expect(copy.sms.text).toContain("{{link:shop}}");
    if (locale === "en") expect(words).toMatch(/^[ -~]*$/);
  }
});

test("two segments get copy about their own products", () => {
  const all = toSlots([...shop, ...products("loyal"), ...products("garden")]);
  const loyal = write(requestFor({ name: "Loyal customers", slots: all }));
  const garden = write(requestFor({ name: "Garden people", slots: all }));
  expect(loyal.email.paragraphs.join(" ")).toMatch(/loyal_1_name.*loyal_1_price/);
  expect(garden.email.paragraphs.join(" ")).toMatch(/garden_1_name.*garden_1_price/);
  expect(garden.email.headline).not.toBe(loyal.email.headline);
});

test("links go into link fields as ids and into address fields as slots, and the facts used are listed", () => {
  const copy = write(requestFor({}));
  expect(copy.email.button.link).toBe("shop");
  expect(copy.slack.button.url).toBe("{{link:shop}}");
  const used = [...textsIn(copy.email), ...textsIn(copy.sms), ...textsIn(copy.slack)]
    .join(" ")
    .matchAll(/\{\{fact:([a-z0-9_]+)/g);
  expect(new Set(copy.factIds)).toEqual(new Set([...used].map((found) => found[1])));
});

test("choices, constants and bounds of the schema are kept", () => {
  const bounded = object({
    locale: { enum: ["de", "en-GB"] },
    kind: { const: "campaign" },
    button: object({ link: { enum: ["terms", "shop"] } }),
    subject: { type: "string", maxLength: 24 },
    headline: { type: "string", description: "at most 12 characters" },
    paragraphs: { type: "array", items: text, maxItems: 2 },
    hashtags: { type: "array", items: text },
    note: { type: ["string", "null"] },
  }) as Schema;
  const filled = fillSchema(bounded, requestFor({})) as Record<string, unknown>;
  expect(filled).toMatchObject({ locale: "en-GB", kind: "campaign", button: { link: "shop" }, hashtags: [] });
  expect((filled.subject as string).replace(/\{\{[^}]*\}\}/g, "").length).toBeLessThanOrEqual(24);
  expect(filled.paragraphs).toHaveLength(2);
});

test("what must be said is said on every channel, and what must not is avoided where another wording is at hand", () => {
  const mustSay = "Made in Sheffield";
  const copy = write({ ...requestFor({}), mustSay: [mustSay], mustNotSay: ["thought of you"] });
  for (const channel of [copy.email, copy.sms, copy.slack]) expect(textsIn(channel).join(" ")).toContain(mustSay);
  expect(copy.email.subject).not.toContain("thought of you");
});

test("a request without a single slot still gets copy", () => {
  const copy = write(requestFor({ slots: [] }));
  expect(textsIn(copy.email.paragraphs).join(" ")).not.toContain("{{");
  expect(copy.sms.text).not.toBe("");
});
