/**
 * Reads JSON more strictly than the platform does: every reader must understand the same thing. Refused are double
 * keys (parsers disagree on them: OWASP ASVS 5.0, 1.5.3), keys that reach into JavaScript's own objects, nesting and
 * lists beyond a bound before they are built, numbers that would be changed by reading them, and text that is no text.
 */
import type { Checked, Problem } from "@chorus/core/problem";
import { bad, ok } from "@chorus/core/problem";

const deepest = 32;
const longestList = 20_000;
const ownKeys = new Set(["__proto__", "constructor", "prototype"]);

export function readJson(bytes: Uint8Array): Checked<unknown> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const reading: Reading = { text, at: 0, path: [] };
    const value = readValue(reading, 0);
    skipSpace(reading);
    return reading.at < text.length ? bad(notJson(reading, "something follows the end of the JSON")) : ok(value);
  } catch (error) {
    if (error instanceof Stop) return bad(error.problem);
    if (error instanceof TypeError) return bad(notUtf8);
    throw error;
  }
}

/** Text that PostgreSQL and every other reader can hold: no NUL, no half of a surrogate pair. */
export const isText = (text: string): boolean => !text.includes("\0") && !/\p{Surrogate}/u.test(text);

type Reading = { readonly text: string; at: number; readonly path: (string | number)[] };

/** Leaves the recursion from any depth; it never leaves this file. */
class Stop extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

function readValue(reading: Reading, depth: number): unknown {
  if (depth > deepest) stop(reading, "json.too_deep", `Nest at most ${deepest} deep.`);
  skipSpace(reading);
  switch (reading.text[reading.at]) {
    case "{":
      return readObject(reading, depth);
    case "[":
      return readList(reading, depth);
    case '"':
      return readText(reading);
    default:
      return readWord(reading);
  }
}

function readObject(reading: Reading, depth: number): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const next of separated(reading, "}")) {
    if (next !== '"') throw new Stop(notJson(reading, "a key in double quotes is expected"));
    const key = readText(reading);
    reading.path.push(key);
    if (ownKeys.has(key)) stop(reading, "field.unknown", `"${key}" is not a field here. Remove it.`);
    if (Object.hasOwn(object, key)) stop(reading, "json.duplicate_key", `"${key}" stands twice. Keep one of them.`);
    skipSpace(reading);
    if (reading.text[reading.at] !== ":") throw new Stop(notJson(reading, "a colon is expected"));
    reading.at++;
    object[key] = readValue(reading, depth + 1);
    reading.path.pop();
  }
  return object;
}

function readList(reading: Reading, depth: number): unknown[] {
  const list: unknown[] = [];
  for (const _ of separated(reading, "]")) {
    if (list.length === longestList)
      stop(reading, "json.too_long", `A list holds at most ${longestList} things. Use an import for more.`);
    reading.path.push(list.length);
    list.push(readValue(reading, depth + 1));
    reading.path.pop();
  }
  return list;
}

/** Stands before each member in turn and yields its first letter; ends behind the closing mark. */
function* separated(reading: Reading, closing: string): Generator<string> {
  reading.at++;
  skipSpace(reading);
  if (reading.text[reading.at] === closing) {
    reading.at++;
    return;
  }
  for (;;) {
    skipSpace(reading);
    yield reading.text[reading.at] ?? "";
    skipSpace(reading);
    const mark = reading.text[reading.at];
    if (mark !== "," && mark !== closing) throw new Stop(notJson(reading, `"," or "${closing}" is expected`));
    reading.at++;
    if (mark === closing) return;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them bare inside text
const quoted = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

function readText(reading: Reading): string {
  quoted.lastIndex = reading.at;
  const found = quoted.exec(reading.text);
  if (!found) throw new Stop(notJson(reading, "this text is not closed or holds a bare control character"));
  const text = JSON.parse(found[0]) as string;
  if (!isText(text)) stop(reading, "text.encoding", "This text holds a NUL or half of a surrogate pair.");
  reading.at += found[0].length;
  return text;
}

const word = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function readWord(reading: Reading): unknown {
  word.lastIndex = reading.at;
  const found = word.exec(reading.text)?.[0];
  if (found === undefined) throw new Stop(notJson(reading, "a value is expected"));
  const value = JSON.parse(found) as unknown;
  if (typeof value === "number" && !isExact(found, value))
    stop(reading, "number.range", "This number cannot be read exactly. Ids are given as text.");
  reading.at += found.length;
  return value;
}

/** 1e400 would become infinite, and 9007199254740993 its neighbour. */
const isExact = (written: string, value: number): boolean =>
  Number.isFinite(value) && (!/^-?\d+$/.test(written) || Number.isSafeInteger(value));

const space = /[ \t\n\r]*/y;
function skipSpace(reading: Reading): void {
  space.lastIndex = reading.at;
  reading.at += space.exec(reading.text)?.[0].length ?? 0;
}

function stop(reading: Reading, code: string, message: string): never {
  throw new Stop({ path: pathOf(reading.path), code, message });
}

function notJson(reading: Reading, because: string): Problem {
  const before = reading.text.slice(0, reading.at).split("\n");
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  return { path: pathOf(reading.path), code: "json.invalid", message: `This is not JSON at ${place}: ${because}.` };
}

const notUtf8: Problem = {
  path: "",
  code: "text.encoding",
  message: "The body is not valid UTF-8. Encode it as UTF-8.",
};

/** `contacts[3].email`. */
export const pathOf = (path: readonly PropertyKey[]): string =>
  path.map((step, i) => (typeof step === "number" ? `[${step}]` : `${i ? "." : ""}${String(step)}`)).join("");
