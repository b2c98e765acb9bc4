/**
 * `npm run evals`: how well each guard finds what it is for, on public sets and on own ones. 0: measured. 1: failed, or below
 * its baseline. 2: mistyped.
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeRoomFor } from "@chorus/cli/out";
import { table } from "@chorus/cli/table";
import { z } from "zod";
import { fitModel } from "./fit.ts";
import { type GuardResult, guardEvals, likenessSets, readLabelled } from "./guards.ts";

const names = guardEvals.map(({ name }) => name);
const help = `npm run evals -- [options]

  --guard NAME   only this one: ${names.join(", ")}
  --file FILE    with --guard: the shipped guard on your own labelled rows, one JSON object a line
  --seed N       of the folds (1)
  --json FILE    every figure
  --fit          fits the shipped models anew on all of their sets, and writes them`;

const wish = z
  .strictObject({
    guard: z.enum(names as [string, ...string[]]).optional(),
    file: z.string().min(1).optional(),
    seed: z.coerce.number().int().min(0).default(1),
    json: z.string().min(1).optional(),
    fit: z.boolean().default(false),
    help: z.boolean().default(false),
  })
  .refine(({ guard, file }) => guard !== undefined || file === undefined, "--file goes with --guard");
type Wish = z.output<typeof wish>;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** In words what is wrong with it, otherwise. */
function readWish(): Wish | string {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    const options = { guard: text, file: text, seed: text, json: text, fit: flag, help: flag };
    const read = wish.safeParse(parseArgs({ options }).values);
    if (read.success) return read.data;
    return read.error.issues
      .map(({ path, message }) => (path.length > 0 ? `--${path.join(".")}: ${message}` : message))
      .join("\n");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function run(): number {
  const typed = readWish();
  if (typeof typed === "string" || typed.help) {
    say(typeof typed === "string" ? `${typed}\n\n${help}` : help);
    return typeof typed === "string" ? 2 : 0;
  }
  if (typed.fit) return fitAll();
  if (typed.json) makeRoomFor(typed.json);
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
  process.exitCode = run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
