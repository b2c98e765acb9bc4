import { expect, it } from "vitest";
import { extractJson } from "./extract-json.ts";

it.each([
  ['{"a": 1}', { a: 1 }],
  ['Sure!\n```json\n{"a": "}"}\n```\nBye {x}', { a: "}" }],
  ['{"a": 1} and {"a": {"b": 2}}', { a: { b: 2 } }],
  ['I use { braces } freely. {"a": "say \\"{\\" twice"}', { a: 'say "{" twice' }],
  ['<think>{"a": 0}</think>{"a": 1}', { a: 1 }],
  ['{"a": 0}</think>{"b": 1}', { b: 1 }],
  ['{ "broken": {"a": 1}', { a: 1 }],
])("finds the object in %s", (text, value) => expect(extractJson(text)).toEqual(value));

it.each(["", "no", "[1]", '{"a": ', "{{{{", '{"a": 1', "<think>{"])("finds none in %s", (text) =>
  expect(extractJson(text)).toBeNull(),
);

it("gives up on a flood of braces in good time", () => {
  expect(extractJson("{".repeat(1_000_000))).toBeNull();
});
