import { expect, test } from "vitest";
import { z } from "zod";
import { markAsTest } from "./copy-test.ts";

const words = (role: string, max = 20) => z.string().max(max).meta({ role });
const channel = (shape: z.ZodRawShape) => ({ content: z.strictObject(shape) });

test("the mark stands where a reader looks first, and nothing else changes", () => {
  const mail = channel({ headline: words("headline"), subject: words("subject") });
  expect(markAsTest(mail, { headline: "Spring", subject: "Hello" })).toEqual({
    ...{ headline: "Spring", subject: "[Test] Hello" },
  });
  expect(markAsTest(channel({ text: words("short_message") }), { text: "Hi" })).toEqual({ text: "[Test] Hi" });
});

test("words without room for the mark, or with no such place, are not made a test", () => {
  expect(markAsTest(channel({ text: words("short_message", 8) }), { text: "Hi there" })).toBeNull();
  expect(markAsTest(channel({ text: words("paragraph") }), { text: "Hi" })).toBeNull();
});
