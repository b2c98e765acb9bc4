/**
 * The only thing that is ever filled into copy. `{{fact:price}}`, `{{link:shop}}`, `{{contact:first_name|there}}`, `{{picks}}`.
 * Not a template language: a text is split once per variant, and what is put in is never looked at again.
 */
import type { FactSheet } from "./fact.ts";
import { showFact } from "./fact.ts";
import type { Problem } from "./problem.ts";

export type Slot =
  | { is: "fact"; id: string }
  | { is: "link"; id: string }
  | { is: "contact"; field: string; fallback: string }
  /** Products recommended to the reader, shown in each channel's own way. */
  | { is: "picks" };
export type Part = { is: "text"; text: string } | Slot;

const anyBraces = /\{\{([^{}]*)\}\}/g;
const slotForm = /^(?:(fact|link):([a-z][a-z0-9_]{0,39})|contact:([a-z][a-z0-9_]{0,39})(?:\|([^|{}]*))?)$/;

/** Splits a text into words and slots. Braces that form no slot are problems, and then the whole text is only words. */
export function splitSlots(text: string, path = ""): { parts: Part[]; problems: Problem[] } {
  const parts: Part[] = [];
  const problems: Problem[] = [];
  let from = 0;
  for (const found of text.matchAll(anyBraces)) {
    if (found.index > from) parts.push({ is: "text", text: text.slice(from, found.index) });
    const slot = readSlot(found[1] ?? "");
    if (slot) parts.push(slot);
    else problems.push(notASlot(path, found[0]));
    from = found.index + found[0].length;
  }
  if (/[{}]/.test(text.replace(anyBraces, ""))) problems.push(notASlot(path, text));
  if (problems.length > 0) return { parts: [{ is: "text", text }], problems };
  if (from < text.length) parts.push({ is: "text", text: text.slice(from) });
  return { parts, problems };
}

function readSlot(inner: string): Slot | null {
  if (inner.trim() === "picks") return { is: "picks" };
  const form = slotForm.exec(inner.trim());
  if (!form) return null;
  const [, kind, id, field, fallback] = form;
  if (field) return { is: "contact", field, fallback: fallback ?? "" };
  if (kind === "fact" && id) return { is: "fact", id };
  return kind === "link" && id ? { is: "link", id } : null;
}

const notASlot = (path: string, got: string): Problem => ({
  path,
  code: "slot.forbidden",
  message: "Only {{fact:id}}, {{link:id}}, {{contact:field|default}} and {{picks}} may stand in copy.",
  got: got.slice(0, 80),
});

/** Every slot must name something the fact sheet holds, and a contact's field needs a default: never "Hi ,". */
export function checkSlots(parts: readonly Part[], facts: FactSheet, path: string): Problem[] {
  return parts.flatMap((part): Problem[] => {
    if (part.is === "fact" && !facts.facts.some((fact) => fact.id === part.id))
      return [unknown(path, "fact", part.id, facts.facts)];
    if (part.is === "link" && !facts.links.some((link) => link.id === part.id))
      return [unknown(path, "link", part.id, facts.links)];
    if (part.is === "contact" && !part.fallback.trim())
      return [
        {
          path,
          code: "slot.default_missing",
          message: `Give {{contact:${part.field}}} a default, as in {{contact:${part.field}|there}}: some contacts have none.`,
        },
      ];
    return [];
  });
}

const unknown = (path: string, kind: "fact" | "link", id: string, known: readonly { id: string }[]): Problem => ({
  path,
  code: `slot.unknown_${kind}`,
  message: `The fact sheet has no ${kind} "${id}". It has: ${known.map((each) => each.id).join(", ") || "none"}.`,
  got: id,
});

/** As a reader would see it: facts and addresses filled in, a contact's field as its default. */
export function showSlots(text: string, facts: FactSheet, locale: string): string {
  const shown = fillFacts(splitSlots(text).parts, facts, locale).map((part) => {
    if (part.is === "text") return part.text;
    if (part.is === "contact") return part.fallback;
    return facts.links.find((link) => part.is === "link" && link.id === part.id)?.url ?? "";
  });
  return shown.join("");
}

/** Fills the facts in, once per variant; links and contact fields stay slots. Adjacent words are joined. */
export function fillFacts(parts: readonly Part[], facts: FactSheet, locale: string): Part[] {
  const filled: Part[] = [];
  for (const part of parts) {
    const fact = part.is === "fact" ? facts.facts.find((each) => each.id === part.id) : undefined;
    const next: Part = fact ? { is: "text", text: showFact(fact, locale) } : part;
    const last = filled.at(-1);
    if (next.is === "text" && last?.is === "text")
      filled[filled.length - 1] = { is: "text", text: last.text + next.text };
    else filled.push(next);
  }
  return filled;
}
