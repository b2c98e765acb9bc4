/** Channels for this room's tests, which may not know the real ones: the contract's shapes and limits, nothing to send with. */
import { brandVoice } from "@chorus/core/brand-voice";
import type { Channel, Limit, Traits } from "@chorus/core/channel";
import { type FactSheet, languageOf } from "@chorus/core/fact";
import { type Counted, countText } from "@chorus/core/measure";
import type { Problem } from "@chorus/core/problem";
import { checkSlots, fillFacts, splitSlots } from "@chorus/core/slot";
import { z } from "zod";
import type { WritingTask } from "./writer.ts";

const words = (max: number, role: string) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .meta({ role, description: `the ${role}` });
const linkId = z.string().min(1).max(40).meta({ role: "link", description: "the id of a link" });

const limit = (field: string, max: number, counted: Counted): Limit => ({
  field,
  max,
  counted,
  source: "these tests",
  checkedOn: "2026-11-22",
});

type Declaration = {
  readonly id: string;
  readonly reach: Traits["reach"];
  readonly limits: readonly Limit[];
  readonly content: z.ZodType;
};

function declare({ id, reach, limits, content }: Declaration): Channel {
  const unused = (): never => {
    throw new Error("These channels are only written for.");
  };
  return {
    id,
    label: id.toUpperCase(),
    traits: { reach, limits, markup: "plain", permission: { needsConsent: reach === "one_contact" } },
    content,
    single: content,
    writingNotes: `How to write for ${id}.`,
    providers: [],
    connects: [],
    readAccount: unused,
    normalizeAddress: unused,
    check: (given, { facts, locale }) =>
      textsIn(given, "").flatMap(({ path, text }) => checkText({ path, text, limits, facts, locale })),
    compile: unused,
    preview: unused,
    open: unused,
  };
}

type Text = { readonly path: string; readonly text: string };
function textsIn(value: unknown, path: string): Text[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, each]) => textsIn(each, path ? `${path}.${key}` : key));
}

/** With the longest value a slot can have: 40 letters of a link, 100 of a contact's field. */
function checkText(of: Text & { limits: readonly Limit[]; facts: FactSheet; locale: string }): Problem[] {
  const { path, text, limits, facts, locale } = of;
  const { parts, problems } = splitSlots(text, path);
  const shown = fillFacts(parts, facts, locale).map((part) => {
    if (part.is === "text") return part.text;
    return part.is === "link" ? "x".repeat(40) : "名".repeat(100);
  });
  const over = limits.filter(
    ({ field, max, counted }) => field === path.split(".")[0] && countText(shown.join(""), counted) > max,
  );
  const long = over.map(({ max }) => ({ path, code: "field.too_long", message: `Shorten it to ${max}.` }));
  return [...problems, ...checkSlots(parts, facts, path), ...long];
}

export const email = declare({
  id: "email",
  reach: "one_contact",
  limits: [limit("subject", 120, "utf16")],
  content: z.strictObject({
    subject: words(255, "subject"),
    preheader: words(200, "preheader").optional(),
    headline: words(120, "headline"),
    paragraphs: z.array(words(1200, "paragraph")).min(1).max(4),
    button: z.strictObject({ label: words(40, "button"), link: linkId }),
  }),
});

export const sms = declare({
  id: "sms",
  reach: "one_contact",
  limits: [limit("text", 3, "sms_parts")],
  content: z.strictObject({ text: words(600, "short_message") }),
});

export const post = declare({
  id: "post",
  reach: "public",
  limits: [limit("headline", 150, "utf16"), limit("text", 3000, "utf16")],
  content: z.strictObject({
    headline: words(150, "headline"),
    text: words(3000, "paragraph"),
    button: words(75, "button"),
    link: linkId,
    pinned: z.boolean(),
  }),
});

export const facts: FactSheet = {
  facts: [
    { id: "offer", kind: "percent", value: 15, label: { en: "Discount", zh: "优惠" }, source: "price list" },
    { id: "offer_ends", kind: "date", value: "2026-12-24", source: "price list" },
    { id: "code", kind: "text", value: "HEARTH", source: "till" },
    { id: "product_1_name", kind: "text", value: "Red spot mug", source: "product 1" },
    { id: "product_1_price", kind: "money", value: { micros: 2_950_000, currency: "GBP" }, source: "product 1" },
    { id: "product_2_name", kind: "text", value: "Hanging heart", source: "product 2" },
    { id: "product_2_price", kind: "money", value: { micros: 4_150_000, currency: "GBP" }, source: "product 2" },
  ],
  links: [
    { id: "shop", url: "https://shop.example.com/", label: { en: "Our shop" } },
    { id: "product_1", url: "https://shop.example.com/1" },
  ],
};

export const voice = brandVoice.parse({
  ...{ brand: "Hearth & Home", tone: "warm and plain" },
  values: [{ id: "lasting", text: { en: "made to last" } }],
  culture: [{ id: "repairs", text: { en: "Whoever made it also mends it", zh: "谁做的谁来修" } }],
  examples: [{ locale: "en", text: "Here is a mug for every morning.", note: "short, and about the reader's day" }],
  mustWords: [{ locale: "de", oneOf: ["haltbar"] }],
  bannedWords: ["cheap"],
  limits: { sentenceWords: 30, emojis: 0, exclamations: 1 },
});

/** A task that any writer can do; what differs is given. */
export const taskWith = (given: Partial<WritingTask> = {}): WritingTask => ({
  segment: { name: "Regulars", description: "bought at least twice this quarter", generic: false },
  locale: "en-GB",
  angle: "benefit",
  tone: "warm",
  channels: [email, sms, post],
  brief: {
    goal: "Bring regulars back before the holidays",
    offer: "15% off the whole shop",
    mustSay: languageOf(given.locale ?? "en-GB") === "zh" ? ["以实物为准"] : ["Terms apply"],
    mustNotSay: ["hurry"],
    sector: "general",
    factSheet: { facts: [], links: [] },
    mainLink: "shop",
  },
  facts,
  voice,
  ...given,
});
