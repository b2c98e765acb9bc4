import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { plants } from "./plants.ts";
import { simulate } from "./simulate.ts";

const seeds = 10_000;
const main = fileURLToPath(new URL("./main.ts", import.meta.url));
/** A minute on two quiet cores; machines that build are seldom quiet. */
const patience = { timeout: 600_000 };

it("D24: the same seed plays the same world, to the last event", async () => {
  const play = async () => {
    const told: string[] = [];
    for (let seed = 1; seed <= 20; seed++) await simulate({ seed, tell: (line) => told.push(line) });
    return told;
  };
  const first = await play();
  expect(first.length).toBeGreaterThan(500);
  expect(await play()).toEqual(first);
});

it(`D24: in ${seeds} worlds, by the command that anybody can give, every promise is kept`, patience, async () => {
  const parameters = ["--import", "tsx", main, "--seeds", String(seeds)];
  const { stdout } = await promisify(execFile)(process.execPath, parameters, { maxBuffer: 1 << 26 });
  expect(stdout).toContain(`${seeds} worlds, and every promise was kept`);
});

it.each(Object.entries(plants))(`D24: finds %s within ${seeds} seeds`, patience, async (name, plant) => {
  for (let seed = 1; seed <= seeds; seed++) {
    const { broken } = await simulate({ seed, plant });
    if (broken) return console.log(`${name}: seed ${seed}, ${broken}`);
  }
  expect.fail(`${name} was not found`);
});
