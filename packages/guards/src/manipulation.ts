/** Warns of copy that reads like a push: false urgency, scarcity, everybody else, a question that shames whoever says no. */
import type { Problem } from "@chorus/core/problem";
import type { CopyText } from "./copy-text.ts";
import { outsideSlots } from "./fold.ts";
import { type LikenessModel, likeness } from "./likeness.ts";
import model from "./models/manipulation.json" with { type: "json" };

export const manipulationModel: LikenessModel = model;

export const manipulation = (texts: readonly CopyText[]): Problem[] =>
  texts.flatMap(({ path, text }): Problem[] => {
    const { score, because } = likeness(manipulationModel, outsideSlots(text, { figures: new Set(), names: [] }));
    if (score <= 0) return [];
    const message = `This reads like a push (${because.join(", ")}): say what is so, and leave the reader the time.`;
    return [{ path, code: "tone.manipulative", message, got: text.slice(0, 80), severity: "warning" }];
  });
