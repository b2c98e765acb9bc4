import { expect, test } from "vitest";
import { remembered } from "./remembered.ts";

test("a word is looked up once, and answered alike ever after", () => {
  const asked: string[] = [];
  const shout = remembered((word) => {
    asked.push(word);
    return word.toUpperCase();
  });
  expect([shout("a"), shout("b"), shout("a")]).toEqual(["A", "B", "A"]);
  expect(asked).toEqual(["a", "b"]);
});

test("no more words are kept than agreed", () => {
  const asked: string[] = [];
  const shout = remembered((word) => {
    asked.push(word);
    return word.toUpperCase();
  }, 2);
  for (const word of ["a", "b", "c", "a"]) expect(shout(word)).toBe(word.toUpperCase());
  expect(asked).toEqual(["a", "b", "c", "a"]);
});
