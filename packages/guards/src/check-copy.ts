/** Every guard over one piece of copy, the same for a model's and a person's. */
import type { Problem } from "@chorus/core/problem";
import type { Contents } from "@chorus/core/variant";
import { advertisingLaw } from "./advertising-law.ts";
import { checkVoice } from "./brand-voice.ts";
import type { Copy, CopyText } from "./copy-text.ts";
import { grounding } from "./grounding.ts";
import { language } from "./language.ts";
import { manipulation } from "./manipulation.ts";
import { spam } from "./spam.ts";
import { wording } from "./wording.ts";

/** Findings in the order facts, wording, voice, law, language, tone; without refusals among them the copy may be approved. */
export function checkCopy({ texts, ...on }: Copy): Problem[] {
  return [
    ...grounding(texts, on),
    ...wording(texts, on),
    ...checkVoice(texts, on),
    ...advertisingLaw(texts, { voice: on.voice, sector: on.brief.sector }),
    ...language(texts, on),
    ...manipulation(texts),
    ...spam(texts),
  ];
}

/** Every text a reader will see in the contents of a variant. */
export const textsOf = (contents: Contents): CopyText[] => walk(contents, "contents");

/** Fields of these names hold ids, not words. */
const ids: ReadonlySet<string> = new Set(["link", "values"]);

function walk(value: unknown, path: string): CopyText[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((each, index) => walk(each, `${path}.${index}`));
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, each]) => (ids.has(key) ? [] : walk(each, `${path}.${key}`)));
}
