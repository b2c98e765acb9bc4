/**
 * Fills any JSON schema with copy: what belongs where is read off the names of the fields and their descriptions, the
 * way a person fills a form. Deterministic: the same request is answered with the same words.
 */

import { type Cast, castSlots } from "./copy-cast.ts";
import { chinese } from "./copy-chinese.ts";
import { english } from "./copy-english.ts";
import { copyField, isLine, isParagraphList, linesFor, paragraphsAt, wantedLines } from "./copy-field.ts";
import type { CopyRequest } from "./copy-request.ts";
import type { PhraseBook } from "./copy-words.ts";
import { isRecord } from "./message-id.ts";

export type Schema = Readonly<Record<string, unknown>>;

export type Filling = {
  readonly request: CopyRequest;
  readonly cast: Cast;
  readonly book: PhraseBook;
  readonly root: Schema;
};

/** Where we are: the names from the root down, the field's siblings, and which item of a list it is. */
export type Place = {
  readonly names: readonly string[];
  readonly siblings: readonly string[];
  readonly index: number;
  /** The name of the nearest list around, or null. */
  readonly list: string | null;
  /** Texts already written beside this field, for lists of the facts they use. */
  readonly written: readonly string[];
};

const depthBound = 12;

export function fillSchema(root: Schema, request: CopyRequest): unknown {
  const book = /^zh\b/i.test(request.locale) ? chinese : english;
  const filling = { request, cast: castSlots(request), book, root };
  return fill(root, { names: [], siblings: [], index: 0, list: null, written: [] }, filling);
}

function fill(unresolved: unknown, place: Place, by: Filling): unknown {
  const schema = resolve(unresolved, by.root);
  if (place.names.length > depthBound) return null;
  if ("const" in schema) return schema.const;
  switch (typeOf(schema)) {
    case "object":
      return fillObject(schema, place, by);
    case "array":
      return fillArray(schema, place, by);
    case "boolean":
      return false;
    case "integer":
    case "number":
      return typeof schema.minimum === "number" ? schema.minimum : 0;
    case "null":
      return null;
    default:
      return copyField(schema, place, by);
  }
}

/** Follows references and takes the first branch of a choice that is not null. */
function resolve(schema: unknown, root: Schema): Schema {
  let here: Schema = isRecord(schema) ? schema : {};
  for (let step = 0; step < depthBound; step++) {
    const branches = here.anyOf ?? here.oneOf ?? here.allOf;
    if (typeof here.$ref === "string") here = lookUp(here.$ref, root);
    else if (Array.isArray(branches)) {
      const branch = branches.filter(isRecord).find((each) => each.type !== "null") ?? {};
      here = { description: here.description, ...branch };
    } else return here;
  }
  return {};
}

function lookUp(pointer: string, root: Schema): Schema {
  let here: unknown = root;
  for (const part of pointer.replace(/^#\/?/, "").split("/").filter(Boolean)) here = isRecord(here) ? here[part] : {};
  return isRecord(here) ? here : {};
}

function typeOf(schema: Schema): unknown {
  const { type } = schema;
  if (Array.isArray(type)) return type.find((each) => each !== "null");
  if (type !== undefined) return type;
  return "properties" in schema ? "object" : "items" in schema ? "array" : "string";
}

/** Texts first, so that the lists of facts beside them can say which they use. */
function fillObject(schema: Schema, place: Place, by: Filling): Record<string, unknown> {
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const names = Object.keys(properties);
  const filled = new Map<string, unknown>();
  const isList = (name: string) => typeOf(resolve(properties[name], by.root)) === "array";
  for (const name of [...names.filter((each) => !isList(each)), ...names.filter(isList)]) {
    const written = [...place.written, ...textsIn([...filled.values()])];
    const inside = { ...place, names: [...place.names, name], siblings: names, written };
    filled.set(name, fill(properties[name], inside, by));
  }
  return Object.fromEntries(names.map((name) => [name, filled.get(name)]));
}

function fillArray(schema: Schema, place: Place, by: Filling): unknown[] {
  const items = resolve(schema.items, by.root);
  const least = typeof schema.minItems === "number" ? schema.minItems : 0;
  const most = typeof schema.maxItems === "number" ? schema.maxItems : Number.POSITIVE_INFINITY;
  const ids = factIds(items, place);
  if (ids) return ids.slice(0, most);
  const count = Math.min(most, Math.max(least, usualLength(place, schema, items, by)));
  return Array.from({ length: count }, (_, index) =>
    fill(items, { ...place, index, list: place.names.at(-1) ?? null }, by),
  );
}

/** As many paragraphs or products as there are; nothing in lists nobody here has anything to say in. */
function usualLength(place: Place, schema: Schema, items: Schema, by: Filling): number {
  const name = place.names.at(-1)?.toLowerCase() ?? "";
  if (/product|pick/.test(name)) return Math.min(3, by.cast.products.length);
  if (items.role === "feature") return by.cast.products[0]?.features.length ?? 0;
  if (isLine(items.role)) return Math.min(wantedLines(schema), linesFor(items, by).length);
  if (isParagraphList(name)) return paragraphsAt(place, by).length;
  if (/tag|attachment|image/.test(name)) return 0;
  return typeOf(items) === "object" || typeOf(items) === "string" ? 1 : 0;
}

/** A list of fact or slot ids names those that the texts beside it use. */
function factIds(items: Schema, place: Place): string[] | null {
  const name = place.names.at(-1) ?? "";
  const allowed = Array.isArray(items.enum) ? items.enum.map(String) : null;
  if (!/facts?(Ids?|_ids?)?$|slots?(Used|_used|Ids?)?$/i.test(name) || typeOf(items) !== "string") return null;
  const used = [...place.written.join(" ").matchAll(/\{\{(fact:([a-z0-9_]+))\}\}/g)];
  const ids = [...new Set(used.map(([, slot = "", fact = ""]) => (allowed?.includes(slot) ? slot : fact)))];
  return allowed ? ids.filter((id) => allowed.includes(id)) : ids;
}

function textsIn(values: readonly unknown[]): string[] {
  return values.flatMap((value) => {
    if (typeof value === "string") return [value];
    if (Array.isArray(value)) return textsIn(value);
    return isRecord(value) ? textsIn(Object.values(value)) : [];
  });
}
