/** `npm run evals -- --writer`: the run, its progress, and its figures on a terminal and in a file. */
import { writeFileSync } from "node:fs";
import { openMeters } from "@chorus/cli/progress";
import { table } from "@chorus/cli/table";
import { readBriefs } from "./briefs.ts";
import type { Wish } from "./wish.ts";
import { measureWriter, type WriterFigures, type WriterRun } from "./writer.ts";

export async function runWriter(typed: Wish, say: (line: string) => void): Promise<number> {
  const briefs = readBriefs().filter(({ id }) => Number(id.split("-")[1]) <= typed.briefs);
  const stop = new AbortController();
  const halt = (): void => stop.abort();
  process.once("SIGINT", halt);
  const meters = openMeters(process.stderr);
  const meter = meters.add({ label: "briefs", total: briefs.length });
  const account = {
    ...{ baseUrl: typed["base-url"], apiKey: process.env.OPENAI_API_KEY || "none", model: typed.model ?? "" },
    ...{ profile: typed.profile, timeoutMs: typed.timeout * 1000 },
  };
  const run = await measureWriter({
    ...{ account, briefs, price: typed.price, atOnce: typed["at-once"], signal: stop.signal },
    onWritten: (count) => meter.set(count),
  }).finally(() => {
    meters.end();
    process.off("SIGINT", halt);
  });
  for (const line of ["", ...lines(run), ""]) say(line);
  const asked = { endpoint: typed["base-url"], model: typed.model, profile: typed.profile ?? "openai" };
  if (typed.json) writeFileSync(typed.json, `${JSON.stringify({ asked, ...run }, null, 2)}\n`);
  return notWritten(run.all) < run.all.briefs ? 0 : 1;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, each) => total + each, 0);
const notWritten = ({ notWritten }: WriterFigures): number => sum(notWritten as Record<string, number>);
const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ") || "none";

function lines({ models, all, byLanguage }: WriterRun): string[] {
  const groups = [...Object.entries(byLanguage), ["all", all] as const];
  const row = (title: string, cell: (of: WriterFigures) => string | number): string[] => [
    title,
    ...groups.map(([, figures]) => String(cell(figures))),
  ];
  return [
    ...table(
      [{ title: "" }, ...groups.map(([title]) => ({ title, align: "right" as const }))],
      [
        row("briefs", (of) => of.briefs),
        row("valid at first try", (of) => of.validAtFirstTry),
        row("valid after shortening", (of) => of.validAfterShortening),
        row("valid after repair", (of) => of.validAfterRepair),
        row("not written", notWritten),
        row("near-duplicates", (of) => of.nearDuplicates),
        row("calls", (of) => of.calls),
        row("tokens in", (of) => of.tokens.in),
        row("of them cached", (of) => of.tokens.cached),
        row("tokens out", (of) => of.tokens.out),
        row("cost", (of) => (of.cost === null ? "-" : (of.cost / 1_000_000).toFixed(4))),
        row("a call, p50 ms", (of) => of.latencyMs.p50),
        row("a call, p99 ms", (of) => of.latencyMs.p99),
      ],
    ),
    "",
    `  model: ${models.join(", ") || "none answered"}`,
    `  held by rule: ${listed(all.heldByRule)}`,
    `  not written: ${listed(all.notWritten as Record<string, number>)}`,
  ];
}
