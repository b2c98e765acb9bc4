import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { csvLine, withoutGuard } from "./csv-write.ts";

const hostile = [
  '=HYPERLINK("x")',
  "+1415",
  "-2+3",
  "@SUM(A1)",
  "\t=1",
  "\r=1",
  "plain",
  "a,b",
  'say "hi"',
  "two\nlines",
  "",
  "'quoted'",
];

test("30: no cell of an export begins like a formula", () => {
  const [cells = []] = parse(csvLine(hostile), { relax_quotes: true }) as string[][];
  expect(cells).toHaveLength(hostile.length);
  expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
});

test("30: what was exported and sent back means what it meant", () => {
  const [cells = []] = parse(csvLine(hostile)) as string[][];
  expect(cells.map(withoutGuard)).toEqual(hostile);
});
