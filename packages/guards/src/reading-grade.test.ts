import { expect, it } from "vitest";
import { readingGrade, syllablesIn } from "./reading-grade.ts";

it("counts the syllables of a word by its spelling", () => {
  const counted = {
    1: "cup made mugs baked shapes the you wren's",
    2: "kettle open wanted boxes being lion quiet sixty table people",
    3: "beautiful radio museum",
    4: "material january experience",
  };
  for (const [syllables, words] of Object.entries(counted))
    for (const word of words.split(" ")) expect(`${word} ${syllablesIn(word)}`).toBe(`${word} ${syllables}`);
});

it("grades a text as the formula says, and headings not at all", () => {
  const text = "The cat sat on the mat and the dog sat on the rug. It was warm and they were glad to be in.";
  const words = 23; // of one syllable each, in two sentences
  expect(readingGrade([text])).toBeCloseTo(0.39 * (words / 2) + 11.8 - 15.59, 5);
  expect(readingGrade([text, "Extraordinary opportunities"])).toBe(readingGrade([text]));
  expect(readingGrade(["The cat sat."])).toBeNull();
});
