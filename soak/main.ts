/**
 * `npm run soak`: one campaign through a storm, on one queue or on both, and a verdict that is also the exit code. 0: every
 * promise was kept. 1: one was broken, or nothing follows from it. 2: mistyped. 128 + n: stopped by signal n.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Halt, openHalt } from "@chorus/cli/halt";
import { makeRoomFor } from "@chorus/cli/out";
import { openMeters } from "@chorus/cli/progress";
import { table } from "@chorus/cli/table";
import { promises } from "@chorus/worker/switch-off";
import { z } from "zod";
import { controlRecipients, controls } from "./controls.ts";
import { brokenPromises } from "./judge.ts";
import { weatherFor } from "./schedule.ts";
import { type SoakResult, soak } from "./soak.ts";

const help = `npm run soak -- [options]

  --recipients N     contacts of the campaign (50,000; 1,500 without a promise); from 1,000,000 on the storm is the long one
  --seed S           plans the storm; drawn, and shown, when it is left out
  --queue NAME       postgres or redis (both, one after the other)
  --full             1,000,000 contacts
  --without PROMISE  leaves out ${promises.join(", ")}: the referee must notice
  --minutes N        then it is judged as it stands (45)
  --json FILE        the verdict, with every fault`;

const wish = z.strictObject({
  recipients: z.coerce.number().int().min(100).max(10_000_000).optional(),
  seed: z.string().min(1).max(100).optional(),
  queue: z.enum(["postgres", "redis"]).optional(),
  full: z.boolean().default(false),
  without: z.enum(promises).optional(),
  minutes: z.coerce.number().positive().max(600).default(45),
  json: z.string().min(1).optional(),
  help: z.boolean().default(false),
});
type Wish = z.output<typeof wish>;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** In words what is wrong with it, otherwise. */
function readWish(): Wish | string {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const named = { recipients: text, seed: text, queue: text, without: text, minutes: text, json: text };
  try {
    const read = wish.safeParse(parseArgs({ options: { ...named, full: flag, help: flag } }).values);
    if (read.success) return read.data;
    return read.error.issues.map(({ path, message }) => `--${path.join(".")}: ${message}`).join("\n");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function run(): Promise<number> {
  const typed = readWish();
  if (typeof typed === "string" || typed.help) {
    say(typeof typed === "string" ? `${typed}\n\n${help}` : help);
    return typeof typed === "string" ? 2 : 0;
  }
  if (typed.json) makeRoomFor(typed.json);
  const halt = openHalt(say);
  try {
    const results = await soakAll(typed, halt);
    if (typed.json) writeFileSync(typed.json, `${JSON.stringify(together(results), null, 2)}\n`);
    return results.some((each) => each.void || whatBroke(each).length > 0) ? 1 : 0;
  } catch (error) {
    if (halt.asked() === null) process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return halt.asked() ?? 1;
  } finally {
    halt.release();
  }
}

async function soakAll(typed: Wish, halt: Halt): Promise<SoakResult[]> {
  const { full, without, minutes, seed = String(Math.floor(Math.random() * 1e9)) } = typed;
  const usual = without ? controlRecipients : full ? 1_000_000 : 50_000;
  const recipients = typed.recipients ?? usual;
  const results: SoakResult[] = [];
  for (const queue of typed.queue ? [typed.queue] : (["postgres", "redis"] as const)) {
    say(`${recipients.toLocaleString("en")} contacts, queue on ${queue}, seed ${seed}`);
    const meters = openMeters(process.stdout);
    const meter = meters.add({ label: "arrived", total: recipients });
    const result = await soak({
      ...{ recipients, seed, queue, without },
      ...(without ? controls[without] : { weather: weatherFor(recipients) }),
      withinMs: minutes * 60_000,
      tell(arrived, _planned, what) {
        halt.signal.throwIfAborted();
        meter.set(arrived, what);
      },
    }).finally(() => meters.end());
    results.push(result);
    for (const line of linesOf(result)) say(line);
  }
  return results;
}

/** Of both queues as of one, and each by itself beside it. */
function together(results: readonly SoakResult[]) {
  const [first] = results;
  if (!first || results.length === 1) return first;
  const sum = (count: (of: SoakResult) => number) => results.reduce((total, each) => total + count(each), 0);
  return {
    planned: sum((each) => each.planned),
    accepted: sum((each) => each.accepted),
    lost: sum((each) => each.lost),
    duplicated: sum((each) => each.duplicated),
    inDoubt: sum((each) => each.inDoubt),
    skipped: sum((each) => each.skipped),
    seed: first.seed,
    faults: results.flatMap(({ queue, faults }) => faults.map((fault) => ({ queue, ...fault }))),
    seconds: sum((each) => each.seconds),
    invariants: {
      samples: sum(({ invariants }) => invariants.samples),
      broken: results.flatMap(({ invariants }) => invariants.broken),
    },
    void: results.some((each) => each.void),
    runs: results,
  };
}

const whatBroke = (of: SoakResult): string[] => brokenPromises({ ...of, breaches: of.invariants.broken.length });

function linesOf(of: SoakResult): string[] {
  const number = (value: number) => value.toLocaleString("en");
  const right = { align: "right" } as const;
  const faults = of.faults.map(({ at, kind, process: whose, inFlight }) => [
    at.slice(11, 23),
    kind,
    whose,
    String(inFlight),
  ]);
  const figures = ["planned", "accepted", "skipped", "in doubt", "of at most", "lost", "twice"];
  const counts = [of.planned, of.accepted, of.skipped, of.inDoubt, of.inDoubtAtMost, of.lost, of.duplicated];
  const broken = whatBroke(of);
  return [
    "",
    ...table([{ title: "at" }, { title: "fault" }, { title: "met" }, { title: "in flight", ...right }], faults),
    "",
    ...table(
      figures.map((title) => ({ title, ...right })),
      [counts.map(number)],
    ),
    "",
    `${number(of.seconds)} s; the invariants were looked at ${number(of.invariants.samples)} times.`,
    ...broken.map((promise) => `BROKEN: ${promise}.`),
    ...of.messages.map((message) => `  ${message}`),
    ...(of.void ? ["VOID: fewer than half of the kills had anything in a provider's hands."] : []),
    broken.length > 0 || of.void ? `To plan it again: npm run soak -- --seed ${of.seed}` : "Every promise was kept.",
    "",
  ];
}

process.exitCode = await run();
