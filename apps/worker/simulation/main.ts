/** `npm run simulate`: explores seeds, or replays one and prints everything that happens in it. */
import { parseArgs } from "node:util";
import { explore } from "./explore.ts";
import { plantNamed, plants } from "./plants.ts";
import { simulate } from "./simulate.ts";

const usage = `npm run simulate                          10,000 worlds, from seed 1
npm run simulate -- --seeds 100000        more of them; --from 20001 begins elsewhere
npm run simulate -- --seed 174            one of them, event by event
npm run simulate -- --plant NAME          with a bug planted: ${Object.keys(plants).join(", ")}`;

const options = {
  seeds: { type: "string", default: "10000" },
  from: { type: "string", default: "1" },
  seed: { type: "string" },
  plant: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  const { plant } = values;
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (plant) plantNamed(plant); // says now what would be wrong in every process
  if (values.seed !== undefined) return await replay(wholeNumber(values.seed), plant);
  const seeds = wholeNumber(values.seeds);
  const began = performance.now();
  const found = await explore({ from: wholeNumber(values.from), seeds, plant, onProgress });
  if (process.stderr.isTTY) process.stderr.write("\r");
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (found) return await replay(found.seed, plant);
  console.log(`${seeds} worlds, and every promise was kept in all of them (${seconds} s).`);
  return 0;
}

const onProgress = (played: number) => {
  if (process.stderr.isTTY) process.stderr.write(`\r${played} worlds `);
};

/** Answers with the exit code. */
async function replay(seed: number, plant: string | undefined): Promise<number> {
  const tell = (line: string) => console.log(line);
  const { broken } = await simulate({ seed, plant: plant ? plantNamed(plant) : undefined, tell });
  console.log(broken ? `\nSeed ${seed} breaks a promise: ${broken}.` : `\nSeed ${seed} keeps every promise.`);
  const again = `npm run simulate -- --seed ${seed}${plant ? ` --plant ${plant}` : ""}`;
  if (broken) console.log(`To see it again: ${again}`);
  return broken ? 1 : 0;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`"${text}" is no whole number.\n${usage}`);
  return number;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 2;
});
