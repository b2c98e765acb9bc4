/** Copy as examples to train a model on, from the API to whoever reads our output: JSON lines and nothing else. */
import type { TrainingShape } from "@chorus/core/training-shapes";
import { openClient } from "./client.ts";

export const exportKinds = ["sft", "dpo"] as const;
export type ExportOptions = {
  readonly kind: (typeof exportKinds)[number];
  readonly shape: TrainingShape;
  readonly key: string;
  readonly url: string;
};

export async function exportCopy(of: { options: ExportOptions; signal: AbortSignal }): Promise<number> {
  const { kind, shape, ...api } = of.options;
  const lines = await openClient({ ...api, signal: of.signal }).text(`/v1/exports/${kind}?shape=${shape}`);
  process.stdout.write(lines);
  return 0;
}
