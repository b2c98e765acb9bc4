/** Copies as the outside sees them: with their slots, and as a reader would see them. */
import { languageOf } from "@chorus/core/fact";
import { productJsonLd } from "@chorus/core/json-ld";
import { showSlots } from "@chorus/core/slot";
import type { Contents } from "@chorus/core/variant";
import type { CopyView, copyLine } from "@chorus/core/wire-copies";
import type { Copy } from "@chorus/db/copies";
import type { z } from "zod";
import type { World } from "./world.ts";

export const copyLineBody = ({ seal }: Pick<World, "seal">, copy: Copy): z.infer<typeof copyLine> => ({
  id: seal.seal("copy", copy.id),
  ...{ kind: copy.kind, locale: copy.locale, state: copy.state, revision: copy.revision, hash: copy.hash },
  approved: copy.approvedAt && {
    by: copy.approvedBy && seal.seal("person", copy.approvedBy),
    at: copy.approvedAt.toISOString(),
  },
  findings: copy.findings.length,
  createdAt: copy.createdAt.toISOString(),
  updatedAt: copy.updatedAt.toISOString(),
});

export function copyBody(world: Pick<World, "seal">, copy: Copy): CopyView {
  const shown = shownOf(copy);
  const { contents, facts, writer, model, prompt, cost, fallbackReason } = copy;
  return {
    ...copyLineBody(world, copy),
    findings: copy.findings.map((finding) => ({ ...finding })),
    evidence: copy.evidence.map((each) => ({ ...each })),
    ...{ contents, facts, writer, model, prompt, cost, fallbackReason, shown },
    ...jsonLdOf(copy, shown),
    aiGenerated: copy.revision > 0 ? copy.aiGenerated : null,
  };
}

function shownOf({ contents, facts, locale }: Copy): Contents {
  const show = (value: unknown): unknown => {
    if (typeof value === "string") return showSlots(value, facts, locale);
    if (Array.isArray(value)) return value.map(show);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, show(each)]));
  };
  return show(contents) as Contents;
}

/** Of words that are there, for the product that they describe. */
function jsonLdOf({ kind, products, locale }: Copy, shown: Contents): { jsonLd?: string } {
  const product = products[0];
  const words = shown[kind] as { metaDescription?: string } | undefined;
  if (kind !== "product_description" || !product || !words?.metaDescription) return {};
  const { text, byLocale } = product.name;
  const name = byLocale?.[locale] ?? byLocale?.[languageOf(locale)] ?? text;
  return { jsonLd: productJsonLd(product, { name, description: words.metaDescription }) };
}
