/** The form of a piece outside a campaign: fields with limits, as a channel has them, and nothing that sends it. */
import type { CheckWithin, Form, Limit } from "@chorus/core/channel";
import { type Counted, countText } from "@chorus/core/measure";
import type { Problem } from "@chorus/core/problem";
import { checkSlots, fillFacts, splitSlots } from "@chorus/core/slot";
import { textsOf } from "@chorus/guards/check-copy";
import type { z } from "zod";

type Declaration = Pick<Form, "id" | "label" | "content" | "writingNotes"> & { readonly limits: readonly Limit[] };

/** A limit's `field` is its path without the numbers of lists: `sections.heading`. */
export const defineForm = ({ limits, ...form }: Declaration): Form => ({
  ...form,
  traits: { reach: "public", limits },
  check: (content, within) => [
    ...shapeOf(form.content, content),
    ...linksIn(content, within),
    ...textsOf({ [form.id]: content }).flatMap(({ path, text }) =>
      checkText({ path: path.split(".").slice(2).join("."), text, limits }, within),
    ),
    ...alikeIn(content),
  ],
});

const shapeOf = (schema: z.ZodType, content: unknown): Problem[] =>
  (schema.safeParse(content).error?.issues ?? []).map(({ path, code, message }) => ({
    ...{ path: path.join("."), code: `schema.${code}`, message },
  }));

/** A field named `link` holds the id of one that the fact sheet has. */
function linksIn(content: unknown, { facts }: CheckWithin): Problem[] {
  const id = content !== null && typeof content === "object" && "link" in content ? content.link : null;
  return typeof id === "string" ? checkSlots([{ is: "link", id }], facts, "link") : [];
}

/** With its facts filled in; an address is put on the words and has no length of its own here. */
function checkText(
  { path, text, limits }: { path: string; text: string; limits: readonly Limit[] },
  { facts, locale }: CheckWithin,
): Problem[] {
  const { parts, problems } = splitSlots(text, path);
  const filled = fillFacts(parts, facts, locale);
  const shown = filled.map((part) => (part.is === "text" ? part.text : "")).join("");
  const field = path.replace(/\.\d+/g, "");
  const long = limits.flatMap((limit): Problem[] => {
    const used = countText(shown, limit.counted);
    if (limit.field !== field || used <= (limit.aim ?? limit.max)) return [];
    const most = used > limit.max ? limit.max : (limit.aim ?? limit.max);
    const message = `This takes ${used} ${words[limit.counted]}; ${most} ${used > limit.max ? "are allowed" : "read well"}. Shorten it by ${used - most}.`;
    if (used > limit.max) return [{ path, code: "field.too_long", message }];
    return [{ path, code: "field.long", message, severity: "warning" }];
  });
  const personal = parts.flatMap((part): Problem[] =>
    part.is === "contact" ? [{ path, code: "slot.no_contact", message: nobody, got: part.field }] : [],
  );
  return [...problems, ...checkSlots(parts, facts, path), ...personal, ...long];
}

const words: Readonly<Record<Counted, string>> = {
  ...{ sms_parts: "parts", utf16: "characters", graphemes: "characters", bytes: "bytes" },
  columns: "characters (a wide one counts twice)",
};
const nobody = "This piece is written to nobody in particular, so no contact's field can be filled into it.";

/** Lines of one list that say the same are one line. */
function alikeIn(content: unknown, path = ""): Problem[] {
  if (content === null || typeof content !== "object") return [];
  const entries = Object.entries(content);
  const inside = entries.flatMap(([key, each]) => alikeIn(each, path ? `${path}.${key}` : key));
  if (!Array.isArray(content)) return inside;
  const said = content.map((each) => (typeof each === "string" ? each.trim().toLowerCase() : null));
  const again = said.flatMap((each, index): Problem[] =>
    each !== null && said.indexOf(each) < index
      ? [
          {
            path: `${path}.${index}`,
            code: "field.repeated",
            message: "Say something else here: another line is the same.",
          },
        ]
      : [],
  );
  return [...inside, ...again];
}

/** One limit for this room's own forms: what reads well, by nobody's rule but ours. */
export const ourLimit = (field: string, max: number, counted: Counted = "columns"): Limit => ({
  ...{ field, max, counted },
  ...{ source: "Chorus", checkedOn: "2026-11-28" },
});

/** `.meta` ties a field to what it is for. */
export const lineOf = (text: z.ZodString, role: string, description: string): z.ZodString =>
  text.trim().min(1).meta({ role, description });
