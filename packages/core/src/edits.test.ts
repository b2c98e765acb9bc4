import { expect, it } from "vitest";
import { editsBetween, shareEdited } from "./edits.ts";

const written = { email: { subject: "A quiet word about spring", paragraphs: ["Come and look.", "Bye."] } };

it("says where words changed, and from what to what", () => {
  const edited = { email: { subject: "A word about spring", paragraphs: ["Come and look."] }, sms: { text: "New" } };
  expect(editsBetween(written, edited)).toEqual([
    { path: "email.subject", before: "A quiet word about spring", after: "A word about spring" },
    { path: "email.paragraphs.1", before: "Bye.", after: null },
    { path: "sms.text", before: null, after: "New" },
  ]);
});

it.each([
  ["nothing", "one two three four", "one two three four", 0],
  ["a word of four", "one two three four", "one two 3 four", 0.25],
  ["a word taken out of four", "one two three four", "one two four", 0.25],
  ["two words put into four", "one two", "one new new two", 0.5],
  ["a Chinese character of five", "春天到店里", "春天在店里", 0.2],
  ["a slot of three words", "Now {{fact:price}} only", "Now {{fact:was}} only", 0.33],
  ["only marks and spaces", "one, two", "one  two!", 0],
  ["everything", "one two", "drei vier", 1],
  ["nothing where there are no words", "", "", 0],
])("the share of words that changed: %s", (_what, before, after, share) => {
  expect(shareEdited({ text: before }, { text: after })).toBe(share);
});
