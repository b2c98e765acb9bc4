import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { openSplitter } from "./csv-split.ts";

/** The text in pieces of that many letters. */
function split(text: string, pieceLength = text.length || 1, separator = ","): string[][] {
  const splitter = openSplitter(separator, 1_000);
  const rows: string[][] = [];
  for (let i = 0; i < text.length; i += pieceLength) rows.push(...splitter.push(text.slice(i, i + pieceLength)));
  return [...rows, ...splitter.end()];
}

const byCsvParse = (text: string, delimiter = ","): string[][] =>
  parse(text, {
    delimiter,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });

/** Deterministic pseudo-random numbers in [0, 1) (mulberry32), so that a failure can be seen again. */
function openRandom(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("splitting CSV", () => {
  test.each([
    [
      "a,b\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "a,b\r\n\r\n1,",
      [
        ["a", "b"],
        ["1", ""],
      ],
    ],
    [
      '"a,1","b\r\n2"\n"say ""hi""",x',
      [
        ["a,1", "b\r\n2"],
        ['say "hi"', "x"],
      ],
    ],
    ['5" plate,x\n', [['5" plate', "x"]]],
    ['"",""\n', [["", ""]]],
    ['""""\r', [['"']]],
    ['"a"b,c\n', [["ab", "c"]]],
    ["", []],
    ["\n\r\n\r", []],
  ])("%j", (text, rows) => {
    for (const pieceLength of [1, 2, 3, 100]) expect(split(text, pieceLength)).toEqual(rows);
  });

  test("a quote that is never closed leaves a rest, and is noticed before it swallows the file", () => {
    const splitter = openSplitter(",", 1_000);
    expect(splitter.push('a,b\n1,"never\n')).toEqual([["a", "b"]]);
    expect(splitter.isStuck()).toBe(false);
    splitter.push("x\n".repeat(600));
    expect(splitter.isStuck()).toBe(true);
    splitter.end();
    expect(splitter.hasRest()).toBe(true);
  });

  test("whatever was written is read the same, by csv-parse too, wherever the pieces end", () => {
    const letters = ["a", "é", " ", ",", ";", '"', "\n", "\r", "\r\n", "王"];
    for (let seed = 0; seed < 300; seed++) {
      const random = openRandom(seed);
      const pick = <Value>(of: readonly Value[]): Value => of[Math.floor(random() * of.length)] as Value;
      const table = Array.from({ length: 1 + Math.floor(random() * 5) }, () =>
        Array.from({ length: 3 }, () => Array.from({ length: Math.floor(random() * 6) }, () => pick(letters)).join("")),
      );
      const quote = (cell: string) =>
        /[",;\r\n]/.test(cell) || random() < 0.3 ? `"${cell.replaceAll('"', '""')}"` : cell;
      const text = table.map((row) => row.map(quote).join(",")).join(pick(["\n", "\r\n", "\r"]));
      expect(split(text, 1 + Math.floor(random() * 7)), `seed ${seed}`).toEqual(table);
      expect(byCsvParse(text), `seed ${seed}`).toEqual(table);
    }
  });
});
