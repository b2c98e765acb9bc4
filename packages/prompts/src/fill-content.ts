/** Fills any channel's content with phrases, by the roles of its fields. Knows no channel by name. */
import type { FieldRole } from "@chorus/core/channel";
import { showsPicks } from "@chorus/core/picks";
import type { ContentSchema } from "./content-schema.ts";
import type { PhraseBook } from "./phrase-book.ts";
import type { Material } from "./template-material.ts";

/** The roles that are words; each has its list of wordings, and a level says which of them is taken. */
export type WordRole = Exclude<FieldRole, "link" | "value" | "feature">;
export type Levels = Readonly<Partial<Record<WordRole, number>>>;

export type Filled = {
  readonly content: unknown;
  /** Where the words of each role went: `paragraphs.0` → paragraph. */
  readonly places: ReadonlyMap<string, WordRole>;
};

export type Filling = {
  readonly book: PhraseBook;
  readonly material: Material;
  readonly levels: Levels;
  /** A greeting, only in a channel to one contact. */
  readonly greet: boolean;
};

/** null: a required field has no role that words could be found for, or the fact sheet has no link for it. */
export function fillContent(schema: ContentSchema, filling: Filling): Filled | null {
  const roles = rolesIn(schema);
  const words = wordsFor(filling, homeOf(roles));
  const pen: Pen = {
    words,
    linkId: filling.material.link?.id ?? null,
    features: filling.material.products[0]?.features ?? [],
    places: new Map(),
    nextParagraphs: dealOut(words.paragraphs, roles.filter((role) => role === "paragraph").length, filling.book),
  };
  const content = fill(schema, "", pen);
  return content === null ? null : { content, places: pen.places };
}

type Pen = {
  readonly words: Words;
  readonly linkId: string | null;
  readonly features: readonly string[];
  readonly places: Map<string, WordRole>;
  /** The paragraphs of the next field, at most `room` of them. */
  nextParagraphs(room: number): string[];
};

/** Hands the paragraphs out to the fields in order: one to each, and to the last what is left. */
function dealOut(paragraphs: readonly string[], fields: number, book: PhraseBook): Pen["nextParagraphs"] {
  let left = [...paragraphs];
  let fieldsLeft = fields;
  return (room) => {
    fieldsLeft--;
    if (fieldsLeft <= 0) return merged(left, room, book);
    const taken = left.slice(0, Math.min(room, Math.max(1, left.length - fieldsLeft)));
    left = left.slice(taken.length);
    return taken;
  };
}

/**
 * At most `room` paragraphs; the last ones are joined. Not to the one that ends in picks: who has none is not shown any of
 * it, and where there is no room for it beside others it is left out.
 */
function merged(paragraphs: readonly string[], room: number, book: PhraseBook): string[] {
  if (paragraphs.length <= room) return [...paragraphs];
  const picks = paragraphs.filter(showsPicks).slice(0, room - 1);
  const others = paragraphs.filter((each) => !showsPicks(each));
  const kept = room - picks.length;
  return [...others.slice(0, kept - 1), book.join(...others.slice(kept - 1)), ...picks];
}

function fill(part: ContentSchema, path: string, pen: Pen): unknown {
  const choice = part.anyOf ?? part.oneOf;
  if (choice) return fill(choice.find((each) => each.type !== "null") ?? {}, path, pen);
  if (part.const !== undefined) return part.const;
  if (part.enum) return part.enum[0];
  if (part.properties) return fillObject(part, path, pen);
  if (part.items) return fillList(part, path, pen);
  if (part.type === "boolean") return false;
  if (part.type === "number" || part.type === "integer") return part.minimum ?? 0;
  if (part.role === "link") return pen.linkId;
  if (!isWordRole(part.role)) return null;
  pen.places.set(path, part.role);
  if (part.role === "paragraph") return pen.nextParagraphs(1)[0] ?? pen.words.closing;
  return pen.words.one[part.role];
}

/** An optional field that cannot be filled is left out. */
function fillObject(part: ContentSchema, path: string, pen: Pen): unknown {
  const filled = Object.entries(part.properties ?? {}).map(([name, each]): [string, unknown] => [
    name,
    fill(each, path ? `${path}.${name}` : name, pen),
  ]);
  if (filled.some(([name, value]) => value === null && part.required?.includes(name))) return null;
  return Object.fromEntries(filled.filter(([, value]) => value !== null));
}

/** A list of paragraphs, lines or features takes what there is; of anything else there are as few as allowed, and one at least. */
function fillList(part: ContentSchema, path: string, pen: Pen): unknown {
  const least = Math.max(1, part.minItems ?? 1);
  const items = part.items ?? {};
  const role = items.role ?? part.role;
  if (role === "feature")
    return pen.features.length >= (part.minItems ?? 0) ? pen.features.slice(0, part.maxItems) : null;
  if (isWordRole(role) && role !== "paragraph") {
    const lines = pen.words.lines(role, part.maxItems);
    for (const index of lines.keys()) pen.places.set(`${path}.${index}`, role);
    return lines.length < least ? null : lines;
  }
  if (role !== "paragraph") {
    const filled = Array.from({ length: least }, (_each, index) => fill(items, `${path}.${index}`, pen));
    return filled.includes(null) ? null : filled;
  }
  const taken = pen.nextParagraphs(part.maxItems ?? Number.POSITIVE_INFINITY);
  while (taken.length < least) taken.push(pen.words.closing);
  for (const index of taken.keys()) pen.places.set(`${path}.${index}`, "paragraph");
  return taken;
}

const wordRoles: readonly string[] = ["subject", "preheader", "headline", "paragraph", "short_message", "button"];
const isWordRole = (role: string | undefined): role is WordRole => role !== undefined && wordRoles.includes(role);

/** Every field's role in order, one for each field or list. */
export function rolesIn(schema: ContentSchema): WordRole[] {
  if (isWordRole(schema.role)) return [schema.role];
  const inside = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])];
  return [...inside, ...(schema.anyOf ?? schema.oneOf ?? []).slice(0, 1)].flatMap(rolesIn);
}

/** Where what must be said is said: the first of these that a channel has. */
const homes: readonly WordRole[] = ["paragraph", "short_message", "headline", "preheader", "subject", "button"];
const homeOf = (roles: readonly WordRole[]): WordRole | undefined => homes.find((role) => roles.includes(role));

/** How many wordings a role has; a level at or above it takes the last. */
export function wordingsOf(role: WordRole, { book, material }: Filling): number {
  return role === "paragraph" ? book.paragraphs(material).length : wordings(role, book, material).length;
}

function wordings(role: Exclude<WordRole, "paragraph">, book: PhraseBook, material: Material): string[] {
  switch (role) {
    case "subject":
      return book.subject(material);
    case "preheader":
      return book.preheader(material);
    case "headline":
      return book.headline(material);
    case "button":
      return book.button(material);
    case "short_message":
      return book.shortMessage(material);
  }
}

type Words = {
  readonly one: Readonly<Record<Exclude<WordRole, "paragraph">, string>>;
  readonly paragraphs: readonly string[];
  /** Different ones for a list, the longest first; a level leaves out so many of them. */
  lines(role: Exclude<WordRole, "paragraph">, most?: number): string[];
  /** For one more paragraph field, when there is no more to say. */
  readonly closing: string;
};

function wordsFor({ book, material, levels, greet }: Filling, home: WordRole | undefined): Words {
  const must = book.join(...material.mustSay.map(book.sentence));
  const at = <T>(role: WordRole, list: readonly T[]): T | undefined =>
    list[Math.min(levels[role] ?? 0, list.length - 1)];
  const one = (role: Exclude<WordRole, "paragraph">): string => {
    const chosen = opened(at(role, wordings(role, book, material)) ?? "");
    if (role !== home || !must) return chosen;
    // A short message ends in an address: a full stop or a character after it would become part of it.
    return role === "short_message" ? `${chosen} ${must}` : book.join(book.sentence(chosen), must);
  };
  const [first = "", ...rest] = at("paragraph", book.paragraphs(material)) ?? [];
  const opening = greet ? book.join(book.greeting, first) : opened(first);
  return {
    one: {
      subject: one("subject"),
      preheader: one("preheader"),
      headline: one("headline"),
      button: one("button"),
      short_message: one("short_message"),
    },
    paragraphs: [
      opening,
      ...rest,
      ...(home === "paragraph" && must ? [must] : []),
      ...(greet && material.picks ? [book.picks(material)] : []),
    ],
    lines: (role, most) => {
      const all = [...new Set(wordings(role, book, material).map(opened))].sort((a, b) => b.length - a.length);
      return all.slice(levels[role] ?? 0).slice(0, most);
    },
    closing: book.sentence(one("button")),
  };
}

const opened = (text: string): string => text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
