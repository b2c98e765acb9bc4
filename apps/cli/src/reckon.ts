/** After the last message: people read, their answers come in, and what arrived is held against the books. */
import { setTimeout as sleep } from "node:timers/promises";
import { openIdSeal } from "@chorus/core/id";
import { reportView } from "@chorus/core/wire-runs";
import { type VariantView, variantView } from "@chorus/core/wire-variants";
import type { VariantLine } from "./campaign.ts";
import type { Client } from "./client.ts";
import type { Installation } from "./installation.ts";
import { buildOutcome, disagreements, type Report } from "./out.ts";
import { letPeopleRead } from "./readers.ts";
import { type Story, standIn, writerOf } from "./report.ts";
import type { SandboxControl } from "./sandbox-control.ts";
import { compareBooks } from "./verify.ts";

type Reckoning = {
  readonly chorus: Installation;
  readonly client: Client;
  readonly sandbox: SandboxControl;
  readonly signal: AbortSignal;
  /** Of `performance.now()`, when the demo began. */
  readonly startedAt: number;
  readonly variants: readonly VariantLine[];
  /** As it was when the run had finished. */
  readonly report: Report;
};

export async function reckon(of: Reckoning): Promise<Story> {
  const { chorus, client, sandbox, signal, variants } = of;
  const { providers, apiUrl } = chorus;
  const read = await letPeopleRead({ client, sandbox, apiUrl, channels: providers.sandboxChannels, signal });
  const report = await onceHeard(of, read.unsubscribed + read.stopped);
  const comparison = await compareBooks({
    ...{ db: chorus.db, key: chorus.key, runId: openIdSeal(chorus.key).open("run", report.run.id) },
    session: { sandboxFolder: chorus.sandboxFolder, sandboxChannels: [...providers.sandboxChannels] },
  });
  const outcome = buildOutcome({
    report,
    received: Object.fromEntries(Object.entries(comparison.channels).map(([id, { received }]) => [id, received])),
    writer: providers.sandboxWrites ? standIn : modelsOf(variants),
    writers: writersBySegment(variants, providers.sandboxWrites),
    seconds: (performance.now() - of.startedAt) / 1000,
  });
  const samples = await readSamples(client, variants);
  const found = disagreements(outcome, report);
  return { report, outcome, providers, variants, samples, comparison, read, disagreements: found };
}

/** Inbound answers count within a second; the report is looked at until they do, and then as it is. */
async function onceHeard({ client, report, signal }: Reckoning, optOuts: number): Promise<Report> {
  const heardWithinMs = 15_000;
  for (const until = performance.now() + heardWithinMs; ; await sleep(100, undefined, { signal })) {
    const now = await client.get(`/v1/runs/${report.run.id}/report`, reportView);
    const heard = Object.values(now.channels).reduce((sum, channel) => sum + channel.optedOut, 0);
    if (heard >= optOuts || performance.now() > until) return now;
  }
}

const modelsOf = (variants: readonly VariantLine[]): string =>
  [...new Set(variants.map((variant) => writerOf(variant, false)))].join(", ");

function writersBySegment(variants: readonly VariantLine[], sandboxWrites: boolean): Record<string, string[]> {
  const writers: Record<string, string[]> = {};
  for (const variant of variants) {
    const name = variant.segment?.name ?? "Everyone else";
    writers[name] = [...(writers[name] ?? []), `${variant.locale}: ${writerOf(variant, sandboxWrites)}`];
  }
  return writers;
}

/** Two segments' words in the same language, as a person would see them; rather those that no fallback wrote. */
async function readSamples(
  client: Client,
  variants: readonly VariantLine[],
): Promise<readonly [VariantView, VariantView] | null> {
  const locale = variants[0]?.locale;
  const ofSegments = variants.filter((variant) => variant.segment && variant.locale === locale);
  const [first, second] = [...ofSegments].sort(
    (a, b) => Number(a.fallbackReason !== null) - Number(b.fallbackReason !== null),
  );
  if (!first || !second) return null;
  return [
    await client.get(`/v1/variants/${first.id}`, variantView),
    await client.get(`/v1/variants/${second.id}`, variantView),
  ];
}
