/**
 * `npm run evals`: how well each guard finds what it is for, on public sets and on own ones, and what a model's copy is worth.
 * 0: measured. 1: failed, or below its baseline, or nothing was written. 2: mistyped.
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { makeRoomFor } from "@chorus/cli/out";
import { table } from "@chorus/cli/table";
import { fitModel } from "./fit.ts";
import { type GuardResult, guardEvals, likenessSets, readLabelled } from "./guards.ts";
import { help, readWish, type Wish } from "./wish.ts";
import { runWriter } from "./writer-run.ts";

const names = guardEvals.map(({ name }) => name);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(): Promise<number> {
  const typed = readWish(names);
  if (typeof typed === "string" || typed.help) {
    say(typeof typed === "string" ? `${typed}\n\n${help(names)}` : help(names));
    return typeof typed === "string" ? 2 : 0;
  }
  if (typed.json) makeRoomFor(typed.json);
  if (typed.writer) return await runWriter(typed, say);
  return typed.fit ? fitAll() : runGuards(typed);
}

function runGuards(typed: Wish): number {
  const asked = guardEvals.filter(({ name }) => !typed.guard || name === typed.guard);
  const guards = asked.flatMap((each) =>
    typed.file ? each.runOn(resolve(typed.file)) : each.run({ seed: typed.seed }),
  );
  for (const line of ["", ...lines(guards), ""]) say(line);
  for (const { name, set, note } of guards) say(`  ${name}, ${set}: ${note}`);
  if (typed.json) writeFileSync(typed.json, `${JSON.stringify({ seed: typed.seed, guards }, null, 2)}\n`);
  return guards.some(({ f1, baseline }) => baseline !== null && f1 < baseline) ? 1 : 0;
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
