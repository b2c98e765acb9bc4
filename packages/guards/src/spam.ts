/** Warns of copy that reads like spam to those who filter it, before a provider does. */
import type { Problem } from "@chorus/core/problem";
import type { CopyText } from "./copy-text.ts";
import { outsideSlots } from "./fold.ts";
import { type LikenessModel, likeness } from "./likeness.ts";
import model from "./models/spam.json" with { type: "json" };

export const spamModel: LikenessModel = model;

export const spam = (texts: readonly CopyText[]): Problem[] =>
  texts.flatMap(({ path, text }): Problem[] => {
    const { score, because } = likeness(spamModel, outsideSlots(text, { figures: new Set(), names: [] }));
    if (score <= 0) return [];
    const message = `This reads like spam (${because.join(", ")}): fewer capitals, codes and calls to act, more of what it is about.`;
    return [{ path, code: "tone.spam_like", message, got: text.slice(0, 80), severity: "warning" }];
  });
