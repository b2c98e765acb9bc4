/** What a brand stands for, each with the id by which copy says that it speaks of it. */
import type { BrandVoice } from "@chorus/core/brand-voice";

export const valuesOf = ({ values }: BrandVoice): { id: string; text: string }[] =>
  values.map((text, index) => ({ id: `value_${index + 1}`, text }));
export const idsOfValues = (voice: BrandVoice): string[] => valuesOf(voice).map(({ id }) => id);
