/** Copy for one segment and locale, holding the content of every channel. What was approved is what its hash says. */
import { createHash } from "node:crypto";
import { z } from "zod";

export const variantStates = ["waiting", "written", "failed"] as const;
export type VariantState = (typeof variantStates)[number];

/** Who wrote it: a model behind the openai port, the deterministic writer, or a person. */
export type WriterName = "openai" | "template" | "person";

/** Content by channel id; each is checked by its channel's own schema. */
export const contents = z.record(z.string(), z.unknown());
export type Contents = z.infer<typeof contents>;

export type WritingCost = {
  readonly tokensIn: number;
  /** Of those, what the server had read before. */
  readonly tokensCached: number;
  readonly tokensOut: number;
  readonly latencyMs: number;
  readonly requestId: string | null;
};

/** JSON with sorted keys, so that the same content always has the same hash. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(",")}}`;
}

/** SHA-256 in hex over words and facts together: a changed price is changed copy. */
export const contentHash = (of: unknown): string => createHash("sha256").update(canonicalJson(of)).digest("hex");

/** The variant a locale gets: the same locale, else the same language, else the campaign's first. */
export function pickLocale(wanted: string, offered: readonly string[]): string {
  const language = wanted.split("-")[0];
  return (
    offered.find((each) => each === wanted) ??
    offered.find((each) => each.split("-")[0] === language) ??
    offered[0] ??
    wanted
  );
}
