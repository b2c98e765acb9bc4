/** What the content of every channel has in common: fields of words, read with problems that say where and what to do. */
import type { FieldRole } from "@chorus/core/channel";
import { bad, type Checked, ok, type Problem } from "@chorus/core/problem";
import { z } from "zod";

type Words = { readonly max: number; readonly role: FieldRole; readonly about: string; readonly lines?: boolean };

/** A field of words, at most `max` UTF-16 units; on one line unless `lines` allows line breaks. */
export function words({ max, role, about, lines = false }: Words) {
  return z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !(lines ? controlsButLines : controls).test(text), {
      error: lines ? "Remove the control characters." : "Write it on one line, without control characters.",
      params: { code: "text.control_char" },
    })
    .refine((text) => !loneSurrogate.test(text), {
      error: "It holds half of a character (a lone surrogate). Write the character again.",
      params: { code: "text.encoding" },
    })
    .meta({ role, description: about });
}

/** The id of a link of the fact sheet. */
export const linkId = (about: string) => z.string().trim().min(1).max(40).meta({ role: "link", description: about });

/** U+0085, U+2028 and U+2029 end a line as CR and LF do; the bidi overrides hide what a text says. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const controlsButLines = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const loneSurrogate = /\p{Cs}/u;

export function readContent<T>(schema: z.ZodType<T>, content: unknown): Checked<T> {
  const read = schema.safeParse(content);
  return read.success ? ok(read.data) : bad(...read.error.issues.flatMap((issue) => problemsOf(issue, content)));
}

function problemsOf(issue: z.core.$ZodIssue, content: unknown): Problem[] {
  const path = issue.path.join(".");
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: [...issue.path, key].join("."),
        code: "field.unknown",
        message: "This content has no such field. Remove it.",
      }));
    case "too_big":
      return [{ path, code: "field.too_long", message: tooMuch(issue.origin, Number(issue.maximum)) }];
    case "too_small":
      return [{ path, code: "field.too_short", message: tooLittle(issue.origin) }];
    case "custom":
      return [{ path, code: String(issue.params?.code ?? "field.invalid"), message: issue.message }];
    default:
      return at(content, issue.path) === undefined
        ? [{ path, code: "field.required", message: "This field is missing. Write it." }]
        : [{ path, code: "field.invalid", message: issue.message }];
  }
}

const tooMuch = (origin: string, max: number): string =>
  origin === "array" ? `At most ${max} of them.` : `At most ${max} characters. Shorten it.`;
const tooLittle = (origin: string): string => (origin === "array" ? "Write at least one." : "It is empty. Write it.");

function at(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      typeof found === "object" && found !== null ? (found as Record<PropertyKey, unknown>)[key] : undefined,
    content,
  );
}
