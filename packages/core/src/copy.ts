/** Copy: a piece written outside a campaign, for a kind of reader. Its facts are slots as in every copy. */
import { z } from "zod";

export const copyKinds = [
  "campaign_message",
  "ad",
  "search_ad",
  "social_ad",
  "social_post",
  "product_description",
  "brand_story",
  "buying_guide",
  "how_to",
  "training_sheet",
  "invitation",
  "follow_up",
] as const;
export const copyKind = z.enum(copyKinds);
export type CopyKindName = (typeof copyKinds)[number];

/** A few words of letters: no address and no figure fits in. */
const fewWords = z
  .string()
  .trim()
  .max(40)
  .regex(/^[\p{L}\p{M}'’&/-]+(?: [\p{L}\p{M}'’&/-]+){0,3}$/u, "one to four words of letters");

/** A kind of reader and no person: bands and a few words, never a name, an address or a sentence. */
export const consumerProfile = z.strictObject({
  age: z.int().min(16).max(110).optional().describe("years; the writer is told only the band"),
  gender: z.enum(["female", "male", "other"]).optional(),
  occupation: fewWords.optional(),
  interests: z.array(fewWords).max(10).default([]),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, "two capital letters, such as CN")
    .optional(),
});
export type ConsumerProfile = z.infer<typeof consumerProfile>;

const bands = [18, 25, 35, 45, 55, 65] as const;

/** "25-34", "under 18", "65 and over". */
export function ageBand(age: number): string {
  const from = bands.findLast((each) => age >= each);
  if (from === undefined) return `under ${bands[0]}`;
  const next = bands.find((each) => each > from);
  return next === undefined ? `${from} and over` : `${from}-${next - 1}`;
}

/** What a writer is told of the reader. */
export const readerCard = ({ age, ...rest }: ConsumerProfile) => ({
  ...(age === undefined ? {} : { ageBand: ageBand(age) }),
  ...rest,
});
