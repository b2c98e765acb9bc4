/**
 * `npm run soak -- --recipients N --seed S --json FILE`. 0: every promise was kept. 1: one was broken, or the run is
 * void because too few kills found anything under way.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { openMeters } from "@chorus/cli/progress";
import { table } from "@chorus/cli/table";
import { brokenPromises } from "./judge.ts";
import { countsFor } from "./schedule.ts";
import { type SoakResult, soak } from "./soak.ts";

const { values } = parseArgs({
  options: {
    recipients: { type: "string" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
    json: { type: "string" },
    queue: { type: "string" },
    full: { type: "boolean", default: false },
    without: { type: "string" },
    minutes: { type: "string", default: "45" },
  },
});

const recipients = Number(values.recipients ?? (values.full ? 1_000_000 : 50_000));
const queues = (["postgres", "redis"] as const).filter((queue) => !values.queue || values.queue === queue);
const results: SoakResult[] = [];
let isBroken = false;
for (const queue of queues) {
  const meters = openMeters(process.stdout);
  const meter = meters.add({ label: `queue on ${queue}`, total: recipients });
  const result = await soak({
    ...{ recipients, seed: values.seed, queue, without: values.without },
    counts: countsFor(recipients),
    withinMs: Number(values.minutes) * 60_000,
    tell: (arrived, _planned, what) => meter.set(arrived, what),
  });
  meters.end();
  results.push(result);
  isBroken = show(result) || isBroken;
}
const shown = results.length === 1 ? results[0] : { seed: values.seed, runs: results };
if (values.json) writeFileSync(values.json, `${JSON.stringify(shown, null, 2)}\n`);
process.exitCode = isBroken ? 1 : 0;

function show(result: SoakResult): boolean {
  const { faults, invariants } = result;
  const lines = faults.map(({ at, kind, process: whose, inFlight }) => [
    at.slice(11, 23),
    kind,
    whose,
    String(inFlight),
  ]);
  const titles = ["at", "fault", "process", "in flight"];
  for (const line of table(
    titles.map((title) => ({ title })),
    lines,
  ))
    console.log(line);
  const { planned, accepted, lost, duplicated, inDoubt, inDoubtAtMost, skipped, seconds } = result;
  console.log(
    `  seed ${result.seed}: ${planned} planned, ${accepted} accepted, ${lost} lost, ${duplicated} duplicated, ` +
      `${inDoubt} in doubt of at most ${inDoubtAtMost}, ${skipped} skipped, ${invariants.samples} samples, ${seconds} s`,
  );
  const broken = brokenPromises({ ...result, breaches: invariants.broken.length });
  if (result.void) console.log("  Void: fewer than half of the kills had anything under way.");
  for (const promise of broken) console.log(`  BROKEN: ${promise}`);
  for (const message of result.messages) console.log(`  ${message}`);
  return result.void || broken.length > 0;
}
