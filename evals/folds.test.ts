import { expect, it } from "vitest";
import { foldsOf } from "./folds.ts";

const texts = Array.from({ length: 200 }, (_, no) => ({
  text: `${"abcdefghij"[no % 10]}${no} is the text number ${no * 7919} of them all ${"klmnopqrst"[(no * 3) % 10]}`,
  isMarked: no % 4 === 0,
}));

it("each fold has its share of the marked", () => {
  const distinct = texts.map((each, no) => ({
    ...each,
    text: String.fromCodePoint(...[...`${no ** 5}`].map((d) => 0x4e00 + Number(d) * 37 + no)),
  }));
  const fold = foldsOf(distinct, { folds: 5, seed: 3 });
  for (let no = 0; no < 5; no++)
    expect(fold.filter((each, at) => each === no && distinct[at]?.isMarked).length).toBe(10);
});

it("a text and its near-duplicate are never on both sides", () => {
  const twice = texts.slice(0, 20).flatMap((each) => [
    { ...each, text: `Hurry, only ${each.text.length} left of ${each.text}` },
    { ...each, text: `Hurry! Only ${each.text.length + 5} left of ${each.text}!` },
  ]);
  const fold = foldsOf(twice, { folds: 5, seed: 1 });
  for (let at = 0; at < twice.length; at += 2) expect(fold[at]).toBe(fold[at + 1]);
});
