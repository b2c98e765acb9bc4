import { describe, expect, test } from "vitest";
import { readJson } from "./json.ts";

const read = (text: string) => readJson(Buffer.from(text));
const codeOf = (text: string) => {
  const result = read(text);
  return result.is === "bad" ? result.problems[0]?.code : "ok";
};

describe("reading JSON", () => {
  test("what JSON.parse reads, it reads the same", () => {
    const values = [null, true, -0.5e-3, "é\n\u2028😀", [], {}, { a: [1, { b: ["x"] }], "": null }, [[[]]]];
    for (const value of values) {
      expect(read(` ${JSON.stringify(value, null, 1)}\n`)).toEqual({ is: "ok", value });
    }
  });

  test.each([
    "",
    "{",
    '{"a" 1}',
    '{"a":1,}',
    "[1,]",
    "[1 2]",
    "01",
    "1.",
    "tru",
    '"\t"',
    '"\\x"',
    "{a:1}",
    "'a'",
    "1 2",
    "NaN",
  ])("1: %j is no JSON", (text) => {
    expect(codeOf(text)).toBe("json.invalid");
  });

  test("1: the answer names the line and the column", () => {
    expect(read('{\n  "name": "x",\n  "at" 1\n}')).toMatchObject({
      is: "bad",
      problems: [{ path: "at", message: expect.stringContaining("line 3, column 8") }],
    });
  });

  test("2: a key that stands twice is refused at its place", () => {
    expect(read('{"a":{"b":1,"c":2,"b":3}}')).toMatchObject({
      is: "bad",
      problems: [{ path: "a.b", code: "json.duplicate_key" }],
    });
  });

  test.each(['{"__proto__":{"admin":true}}', '{"a":[{"constructor":1}]}', '{"\\u005f_proto__":1}'])(
    "3: %s does not reach into JavaScript's own objects",
    (text) => {
      expect(codeOf(text)).toBe("field.unknown");
    },
  );

  test("6: ten thousand levels are refused before they are built", () => {
    expect(codeOf("[".repeat(10_000) + "]".repeat(10_000))).toBe("json.too_deep");
    expect(codeOf(`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`)).toBe("json.too_deep");
  });

  test("6: a list of half a million numbers is refused", () => {
    expect(codeOf(`[${"1,".repeat(499_999)}1]`)).toBe("json.too_long");
  });

  test.each(["1e400", "-1e400", "9007199254740993", "-9007199254740993", '{"id":12345678901234567890}'])(
    "8: %s would be another number once read",
    (text) => {
      expect(codeOf(text)).toBe("number.range");
    },
  );

  test.each(['{"a":"\\ud800"}', '{"a":"x\\u0000"}', '{"\\udc00":1}'])("9: %s holds what is no text", (text) => {
    expect(codeOf(text)).toBe("text.encoding");
  });

  test("9: bytes that are not UTF-8 are refused", () => {
    expect(readJson(Buffer.from([0x22, 0xff, 0x22]))).toMatchObject({
      is: "bad",
      problems: [{ code: "text.encoding" }],
    });
  });

  test("a megabyte of one text is read in a blink", () => {
    const value = `${"a\\n".repeat(250_000)}`;
    const started = performance.now();
    expect(read(`{"text":"${value}"}`).is).toBe("ok");
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
