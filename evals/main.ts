/**
 * `npm run evals`: how well each guard finds what it is for, on public sets and on own ones, how well picks foretell what is
 * bought, and what a model's copy is worth. 0: measured. 1: failed, or below its baseline, or nothing was written. 2: mistyped.
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { makeRoomFor } from "@chorus/cli/out";
import { table } from "@chorus/cli/table";
import { fitModel } from "./fit.ts";
import { type GuardResult, guardEvals, likenessSets, readLabelled } from "./guards.ts";
import { type PicksResult, picksEval } from "./picks.ts";
import { help, readWish, type Wish } from "./wish.ts";
import { runWriter } from "./writer-run.ts";

/** No guard, but measured like one: recommended products, on a shop whose customers bought on. */
const picksName = "picks";
const names = [...guardEvals.map(({ name }) => name), picksName];
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(): Promise<number> {
  const typed = readWish(names);
  if (typeof typed === "string" || typed.help) {
    say(typeof typed === "string" ? `${typed}\n\n${help(names)}` : help(names));
    return typeof typed === "string" ? 2 : 0;
  }
  if (typed.json) makeRoomFor(typed.json);
  if (typed.writer) return await runWriter(typed, say);
  return typed.fit ? fitAll() : await runGuards(typed);
}

async function runGuards(typed: Wish): Promise<number> {
  const asked = guardEvals.filter(({ name }) => !typed.guard || name === typed.guard);
  const guards = asked.flatMap((each) =>
    typed.file ? each.runOn(resolve(typed.file)) : each.run({ seed: typed.seed }),
  );
  if (guards.length > 0) for (const line of ["", ...lines(guards), ""]) say(line);
  for (const { name, set, note } of guards) say(`  ${name}, ${set}: ${note}`);
  const picks = !typed.guard || typed.guard === picksName ? await picksEval() : [];
  if (picks.length > 0) for (const line of ["", ...picksTable(picks), ""]) say(line);
  if (typed.json) writeFileSync(typed.json, `${JSON.stringify({ seed: typed.seed, guards, picks }, null, 2)}\n`);
  const isBelow =
    guards.some(({ f1, baseline }) => baseline !== null && f1 < baseline) ||
    picks.some(({ hitRate, ndcg, baseline }) => baseline && (hitRate < baseline.hitRate || ndcg < baseline.ndcg));
  return isBelow ? 1 : 0;
}

function picksTable(picks: readonly PicksResult[]): string[] {
  const right = { align: "right" } as const;
  const titles = ["customers", "HR@10", "NDCG@10", "coverage", "to reach"];
  return table(
    [{ title: "picks" }, ...titles.map((title) => ({ title, ...right }))],
    picks.map(({ name, customers, hitRate, ndcg, coverage, baseline }) => [
      ...[name, String(customers), shown(hitRate), shown(ndcg), shown(coverage)],
      baseline ? `${shown(baseline.hitRate)} ${shown(baseline.ndcg)}` : "-",
    ]),
  );
}

const shown = (value: number | null): string => (value === null ? "-" : value.toFixed(3));

function lines(guards: readonly GuardResult[]): string[] {
  const right = { align: "right" } as const;
  return table(
    [
      ...[{ title: "guard" }, { title: "set" }, { title: "rows", ...right }, { title: "precision", ...right }],
      ...[
        { title: "recall", ...right },
        { title: "F1", ...right },
        { title: "false alarms", ...right },
      ],
      { title: "baseline F1", ...right },
    ],
    guards.map(({ name, set, rows, precision, recall, f1, falsePositiveRate, baseline }) => [
      ...[
        name,
        set,
        String(rows),
        shown(precision),
        shown(recall),
        shown(f1),
        shown(falsePositiveRate),
        shown(baseline),
      ],
    ]),
  );
}

function fitAll(): number {
  for (const { name, set, label, fittedOn } of likenessSets) {
    const model = fitModel(readLabelled(set, label), { fittedOn });
    const file = fileURLToPath(new URL(`../packages/guards/src/models/${name}.json`, import.meta.url));
    writeFileSync(file, `${JSON.stringify(model)}\n`);
    say(`${name}: ${Object.keys(model.weights).length} features of ${model.rows} texts`);
  }
  return 0;
}

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
