/** Holds requests against their zod schemas, and says what is wrong in our own words, with the nearest known name. */
import type { Problem } from "@chorus/core/problem";
import type { FastifySchemaCompiler } from "fastify";
import { z } from "zod";
import { isText, pathOf } from "./json.ts";
import { nearestOf } from "./nearest.ts";
import { badFields, type Refusal, Refused } from "./problem.ts";

type Issue = z.core.$ZodIssue;

export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) => {
    const broken = httpPart === "body" ? [] : brokenTexts(data);
    if (broken.length > 0) return { error: new Refused(badFields(broken)) };
    const read = schema.safeParse(data, { reportInput: true });
    return read.success ? { value: read.data } : { error: new Refused(refusalFor(problemsOf(read.error, schema))) };
  };

/** Lists that an import takes in any length; the codes of their problems say that it is only the length. */
const importable: Readonly<Record<string, string>> = {
  contacts: "/v1/imports/contacts",
  products: "/v1/imports/products",
  events: "/v1/imports/activity",
};

function refusalFor(problems: readonly Problem[]): Refusal {
  const refusal = badFields(problems);
  const long = problems.find((each) => each.code === "list.too_long");
  return long ? { ...refusal, is: "too_large", detail: long.message } : refusal;
}

/** At most fifty lines: whoever sends five hundred wrong contacts made one mistake. */
export function problemsOf(error: z.core.$ZodError, schema: z.core.$ZodType): Problem[] {
  return error.issues.flatMap((issue) => fromIssue(issue, [], schema)).slice(0, 50);
}

/** JSON texts are checked while they are read; the query and the path reach us unchecked. */
function brokenTexts(data: unknown): Problem[] {
  if (data === null || typeof data !== "object") return [];
  return Object.entries(data)
    .filter(([, value]) => [value].flat().some((each) => typeof each === "string" && !isText(each)))
    .map(([path]) => ({ path, code: "text.encoding", message: "This text holds a NUL or half of a surrogate pair." }));
}

function fromIssue(issue: Issue, above: PropertyKey[], schema: z.core.$ZodType): Problem[] {
  const at = [...above, ...issue.path];
  const path = pathOf(at);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownField(key, at, schema));
    case "invalid_union":
      return fromUnion(issue, at, schema);
    case "too_big":
      if (issue.origin === "array" && importable[path]) return [tooLong(path, issue.maximum)];
      return [{ path, ...words(issue), ...(shown(issue.input) && { got: shown(issue.input) }) }];
    default:
      return [{ path, ...words(issue), ...(shown(issue.input) && { got: shown(issue.input) }) }];
  }
}

const tooLong = (path: string, maximum: number | bigint): Problem => ({
  path,
  code: "list.too_long",
  message: `At most ${maximum} at once. POST ${importable[path]} takes a file of any size.`,
});

function unknownField(key: string, at: PropertyKey[], schema: z.core.$ZodType): Problem {
  const known = keysAt(schema, at);
  const nearest = nearestOf(key, known);
  const hint = nearest ? `Did you mean "${nearest}"?` : `Known here: ${known.join(", ") || "none"}.`;
  return { path: pathOf([...at, key]), code: "field.unknown", message: `"${key}" is not a field here. ${hint}` };
}

/** Of the alternatives, speaks about the one that was meant: whose `is` or `kind` fits, and where least is wrong. */
function fromUnion(issue: Extract<Issue, { code: "invalid_union" }>, at: PropertyKey[], schema: z.core.$ZodType) {
  const isName = (each: Issue) => each.code === "invalid_value" && each.path.length === 1;
  const meant = issue.errors.filter((issues) => !issues.some(isName)).sort((a, b) => a.length - b.length)[0];
  if (meant && meant.length > 0) return meant.flatMap((each) => fromIssue(each, at, schema));
  const names = issue.errors.flat().flatMap((each) => (each.code === "invalid_value" && isName(each) ? [each] : []));
  // Of a discriminated union the issue itself stands at the field that tells its forms apart, and knows them.
  const values = "options" in issue && issue.options ? issue.options : names.flatMap((each) => each.values);
  const options = [...new Set(values.map(String))];
  const field = names[0]?.path ?? [];
  const message = options.length > 0 ? `Give one of: ${options.join(", ")}.` : "This has none of the forms known here.";
  return [{ path: pathOf([...at, ...field]), code: "value.unknown", message }];
}

function words(issue: Exclude<Issue, { code: "unrecognized_keys" | "invalid_union" }>): {
  code: string;
  message: string;
} {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? { code: "field.missing", message: `This field is needed: ${kindOf(issue.expected)}.` }
        : { code: `type.${issue.expected}`, message: `This must be ${kindOf(issue.expected)}.` };
    case "too_big":
      return { code: "value.too_big", message: `At most ${issue.maximum}${unitOf(issue.origin)} here.` };
    case "too_small":
      return { code: "value.too_small", message: `At least ${issue.minimum}${unitOf(issue.origin)} here.` };
    case "invalid_value":
      return { code: "value.unknown", message: `Give one of: ${issue.values.map(String).join(", ")}.` };
    case "invalid_format":
      return { code: "value.format", message: ownWords(issue.message) ?? `This is not a valid ${issue.format}.` };
    case "custom":
      return {
        code: codeIn(issue.params) ?? "value.invalid",
        message: ownWords(issue.message) ?? "This is not valid.",
      };
    case "not_multiple_of":
    case "invalid_key":
    case "invalid_element":
      return { code: "value.invalid", message: "This is not valid." };
  }
}

/** A schema's own words, rather than the library's. */
const ownWords = (message: string): string | null =>
  message.startsWith("Invalid")
    ? null
    : `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? "" : "."}`;

const codeIn = (params: Record<string, unknown> | undefined): string | null =>
  typeof params?.code === "string" ? params.code : null;

const kinds: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  date: "an instant in ISO 8601",
};
const kindOf = (expected: string): string => kinds[expected] ?? expected;

const units: Record<string, string> = { string: " characters", array: " entries" };
const unitOf = (origin: string): string => units[origin] ?? "";

const shown = (input: unknown): string | undefined =>
  ["string", "number", "boolean"].includes(typeof input) ? String(input).slice(0, 80) : undefined;

/** The names of the fields that a schema knows at a path, so that a typing error can be told what was meant. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const [step, ...rest] = path;
  const inner = schema instanceof z.core.$ZodType ? unwrapped(schema) : null;
  if (inner instanceof z.core.$ZodUnion)
    return [...new Set(inner._zod.def.options.flatMap((each) => keysAt(each, path)))];
  if (inner instanceof z.core.$ZodObject) {
    const { shape } = inner._zod.def;
    if (step === undefined) return Object.keys(shape);
    const next = shape[String(step)];
    return next ? keysAt(next, rest) : [];
  }
  if (inner instanceof z.core.$ZodArray) return keysAt(inner._zod.def.element, rest);
  if (inner instanceof z.core.$ZodRecord) return keysAt(inner._zod.def.valueType, rest);
  return [];
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.core.$ZodPipe) return unwrapped(schema._zod.def.in);
  if (
    schema instanceof z.core.$ZodOptional ||
    schema instanceof z.core.$ZodNullable ||
    schema instanceof z.core.$ZodDefault ||
    schema instanceof z.core.$ZodPrefault ||
    schema instanceof z.core.$ZodReadonly
  )
    return unwrapped(schema._zod.def.innerType);
  return schema;
}
