/** How a workspace sounds and what it stands for: told to whoever writes, and held against what they wrote. */
import { z } from "zod";
import { languageOf } from "./fact.ts";

const locale = z.string().min(2).max(35);
const phrase = z.string().trim().min(1).max(60);
const statementId = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, "letters, digits and _, starting with a letter");
const texts = z
  .record(locale, z.string().trim().min(1).max(300))
  .refine((byLocale) => Object.keys(byLocale).length > 0, "say it in one language at least");

/** A value, or a sentence on how the brand works and lives. Copy that stands on one names it by its id. */
const statement = z.strictObject({ id: statementId, text: texts.describe("by locale, such as en or zh-CN") });
export type Statement = z.infer<typeof statement>;

const most = (what: string, highest: number) =>
  z.int().min(0).max(highest).nullable().default(null).describe(`${what}; null: as many as it takes`);

export const voiceLimits = z.strictObject({
  sentenceWords: most("words in a sentence, in languages that part their words by spaces", 200),
  sentenceCharacters: most("characters in a sentence, in Chinese and other languages that do not", 400),
  emojis: most("emoji in one message, all of its fields together", 100),
  exclamations: most("exclamation marks in one message, all of its fields together", 100),
  readingGrade: most("years of school it takes to read a message (Flesch-Kincaid); only English is graded", 20),
});

const areDistinct = (list: readonly Statement[]): boolean => new Set(list.map(({ id }) => id)).size === list.length;

export const brandVoice = z
  .strictObject({
    brand: z.string().min(1).max(80).describe("the name a reader knows"),
    tone: z.string().max(300).default("warm, plain and brief"),
    values: z.array(statement).max(20).default([]).describe("what the brand stands for"),
    culture: z.array(statement).max(20).default([]).describe("how its people work and live"),
    examples: z
      .array(z.strictObject({ locale, text: z.string().min(1).max(600), note: z.string().max(300).optional() }))
      .max(20)
      .default([])
      .describe("copy that sounds right, and why"),
    mustWords: z
      .array(z.strictObject({ locale, oneOf: z.array(phrase).min(1).max(20) }))
      .max(20)
      .default([])
      .describe("of each list, one stands in every message in that language"),
    bannedWords: z.array(phrase).max(200).default([]).describe("in whatever language; stand in no copy"),
    limits: voiceLimits.default(voiceLimits.parse({})),
  })
  .refine(({ values, culture }) => areDistinct([...values, ...culture]), {
    message: "two values or statements of culture share an id",
    path: ["values"],
  });
export type BrandVoice = z.infer<typeof brandVoice>;

/** Whether what was said for one locale is meant for another: "en" is for every English, "en-GB" only for that one. */
export const isMeantFor = (wanted: string, said: string): boolean =>
  said.toLowerCase() === wanted.toLowerCase() || said.toLowerCase() === languageOf(wanted);

/** The words of a statement in a locale, or in another form of its language; null where nobody has put it in words. */
export const statementIn = ({ text }: Statement, wanted: string): string | null =>
  text[wanted] ??
  text[languageOf(wanted)] ??
  Object.entries(text).find(([said]) => languageOf(said) === languageOf(wanted))?.[1] ??
  null;

/** Who a message comes from, as law and inboxes want it said. */
export const sender = z.strictObject({
  name: z.string().min(1).max(80),
  email: z.email().max(254),
  /** CAN-SPAM and its like want a postal address in every marketing mail. */
  postalAddress: z.string().min(1).max(300),
  replyTo: z.email().max(254).optional(),
});
export type Sender = z.infer<typeof sender>;
